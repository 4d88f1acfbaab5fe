// Just in time: every kernel is an object of its own, found in the cache or compiled, and linked into this process by ORC.
#include "cache/content_hash.hpp"
#include "ir/error.hpp"
#include "llvm/compile.hpp"
#include "llvm/emit_program.hpp"
#include "llvm/emitter.hpp"
#include "llvm/host.hpp"
#include "llvm/machine.hpp"

#include <llvm/ExecutionEngine/Orc/ExecutionUtils.h>
#include <llvm/ExecutionEngine/Orc/LLJIT.h>
#include <llvm/IR/Module.h>
#include <llvm/Support/MemoryBuffer.h>
#include <llvm/Target/TargetMachine.h>

#include <functional>
#include <set>

namespace ingot::codegen {

namespace {

template <class T>
T take(llvm::Expected<T> value, const char* what) {
  if (!value) throw InternalError(std::string(what) + ": " + llvm::toString(value.takeError()));
  return std::move(*value);
}
void check(llvm::Error error, const char* what) {
  if (error) throw InternalError(std::string(what) + ": " + llvm::toString(std::move(error)));
}

class OrcProgram final : public JitProgram {
 public:
  OrcProgram(const ProgramPlan& plan, KernelCache* cache, Marks marks) : plan_(plan), cache_(cache), marks_(marks) {
    initialize_llvm();
    jit_ = take(llvm::orc::LLJITBuilder().setJITTargetMachineBuilder(host_builder()).create(), "starting the just-in-time compiler");
    auto& library = jit_->getMainJITDylib();
    library.addGenerator(take(llvm::orc::DynamicLibrarySearchGenerator::GetForCurrentProcess(jit_->getDataLayout().getGlobalPrefix()),
                              "reading this process's symbols"));
    for (const EntryPlan& e : plan.entries) add_entry(e);
    add_pack();
    add_rest();
    for (const EntryPlan& e : plan.entries) {
      const auto i = static_cast<std::size_t>(e.entry);
      entries_[i] = address<RunFunction>(run_symbols_[i]);
    }
    pack_ = address<PackFunction>(pack_symbol_ + "_pack");
    unpack_ = address<UnpackFunction>(pack_symbol_ + "_unpack");
    machine_.reset();
  }

  RunFunction entry(Entry which) const override { return entries_[static_cast<std::size_t>(which)]; }
  PackFunction pack() const override { return pack_; }
  UnpackFunction unpack() const override { return unpack_; }
  bool from_cache() const override { return compiled_ == 0; }

 private:
  static llvm::orc::JITTargetMachineBuilder host_builder() {
    llvm::orc::JITTargetMachineBuilder b(llvm::Triple("x86_64-unknown-linux-gnu"));
    b.setCPU(host_cpu().name);
    b.setRelocationModel(llvm::Reloc::PIC_);
    return b;
  }

  template <class F>
  F address(const std::string& symbol) {
    return take(jit_->lookup(symbol), "linking generated code").template toPtr<F>();
  }

  /// The key of a text: what it says, and everything that decides how it is compiled.
  std::string key_of(const std::string& text) const {
    std::string all(compiler_version());
    all += '\n' + plan_.target.cpu + '\n' + plan_.target.features + '\n' + text;
    return to_hex(content_hash(all));
  }

  /// Adds the object of `key`; `emit` fills a module when the cache has none.
  template <class Emit>
  void add_object(const std::string& key, Emit&& emit) {
    std::string object = cache_ != nullptr ? cache_->find(key) : std::string();
    if (object.empty()) {
      if (!machine_) machine_ = make_machine(plan_.target);
      llvm::LLVMContext context;
      const auto module = make_module(context, *machine_, key);
      emit(*module);
      object = emit_code(*module, *machine_, CodeForm::object);
      ++compiled_;
      if (cache_ != nullptr) cache_->store(key, object);
    }
    check(jit_->addObjectFile(llvm::MemoryBuffer::getMemBufferCopy(object, key)), "loading generated code");
  }

  /// Contractions are objects of their own: they cost the most and are shared between variants. Everything else of the program
  /// goes into one object, because each object has a fixed cost.
  void add_kernels(const EntryPlan& e, std::vector<std::string>& symbols) {
    for (const ScheduledKernel& k : e.schedule->kernels) {
      const std::string text = canonical_text(k.kernel);
      const std::string key = key_of(text);
      symbols.push_back("ingot_k_" + key);
      if (!known_.insert(key).second) continue;
      const auto emit = [&kernel = k.kernel, symbol = symbols.back()](llvm::Module& m) { KernelEmitter(m, kernel, symbol).emit(); };
      if (k.kernel.kind == KernelKind::contraction)
        add_object(key, emit);
      else
        add_to_rest(text, emit);
    }
  }

  void add_to_rest(const std::string& text, std::function<void(llvm::Module&)> emit) {
    rest_text_ += text;
    rest_.push_back(std::move(emit));
  }

  void add_entry(const EntryPlan& e) {
    std::vector<std::string> symbols;
    add_kernels(e, symbols);
    std::string text = marks_ == Marks::none ? "run\n" : "run with marks\n";
    for (std::size_t i = 0; i < symbols.size(); ++i) {
      const ScheduledKernel& k = e.schedule->kernels[i];
      text += symbols[i] + " " + std::to_string(k.phase) + " " + std::to_string(k.kernel.groups);
      for (int b : k.buffers) {
        const Buffer& buffer = e.schedule->buffers[static_cast<std::size_t>(b)];
        text += (buffer.state >= 0 ? " s" : " a") + std::to_string(buffer.offset);
      }
      text += '\n';
    }
    const std::string symbol = "ingot_run_" + key_of(text);
    run_symbols_[static_cast<std::size_t>(e.entry)] = symbol;
    add_to_rest(text, [this, &e, symbol, symbols](llvm::Module& m) { emit_run(m, *e.schedule, symbol, symbols, plan_.target, marks_); });
  }

  void add_pack() {
    std::string text = "pack " + std::string(dtype_name(plan_.dtype)) + std::to_string(plan_.target.vector_bytes);
    const Graph& g = plan_.graph();
    for (std::size_t i = 0; i < g.states.size(); ++i)
      for (const std::uint64_t v :
           {plan_.state_offsets[i], static_cast<std::uint64_t>(g.states[i].rows()), static_cast<std::uint64_t>(g.states[i].cols())}) {
        text += ' ';
        text += std::to_string(v);
      }
    pack_symbol_ = "ingot_s_" + key_of(text);
    add_to_rest(text, [this](llvm::Module& m) { emit_pack(m, plan_, pack_symbol_ + "_pack", pack_symbol_ + "_unpack"); });
  }

  void add_rest() {
    add_object(key_of(rest_text_), [this](llvm::Module& m) {
      for (const auto& emit : rest_) emit(m);
    });
    rest_.clear();
    rest_text_.clear();
  }

  const ProgramPlan& plan_;  // only while constructing
  KernelCache* cache_;
  Marks marks_;
  std::unique_ptr<llvm::TargetMachine> machine_;
  std::unique_ptr<llvm::orc::LLJIT> jit_;
  std::set<std::string> known_;  // keys of kernels that are already there
  std::vector<std::function<void(llvm::Module&)>> rest_;
  std::string rest_text_;
  std::array<std::string, 4> run_symbols_;  // by entry
  std::string pack_symbol_;
  std::array<RunFunction, 4> entries_{};
  PackFunction pack_ = nullptr;
  UnpackFunction unpack_ = nullptr;
  int compiled_ = 0;
};

}  // namespace

std::unique_ptr<JitProgram> compile_now(const ProgramPlan& plan, KernelCache* cache, Marks marks) {
  const HostCpu& host = host_cpu();
  if (!host.avx2_fma || (plan.target.vector_bytes == 64 && !host.avx512))
    throw UserError("this processor (" + host.name + ") cannot run code for " + plan.target.name + ": use the target host");
  return std::make_unique<OrcProgram>(plan, cache, marks);
}

}  // namespace ingot::codegen
