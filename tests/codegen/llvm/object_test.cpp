// Ahead of time: what an object defines and asks for, that its code computes the same bits as the just-in-time compiler's, and
// what the inner loops of contractions look like.
#include "codegen/llvm/assembly_text.hpp"
#include "codegen/support/program_runner.hpp"
#include "codegen/support/random_program.hpp"
#include "codegen/support/targets.hpp"
#include "llvm/dump.hpp"
#include "schedule/schedule.hpp"

#include <catch2/catch.hpp>

#include <cstring>
#include <dlfcn.h>
#include <elf.h>
#include <filesystem>
#include <fstream>
#include <set>
#include <unistd.h>

using namespace ingot;
using namespace ingot::codegen;
using namespace ingot::test;

namespace {

const std::vector<Entry> all_entries{Entry::train, Entry::evaluate, Entry::predict, Entry::gradient};

template <class T>
T read_at(const std::string& bytes, std::size_t offset) {
  T value;
  REQUIRE(offset + sizeof value <= bytes.size());
  std::memcpy(&value, bytes.data() + offset, sizeof value);
  return value;
}

struct Symbols {
  std::set<std::string> defined, undefined;
};

/// The global symbols of a relocatable ELF file.
Symbols global_symbols(const std::string& object) {
  Symbols out;
  const auto header = read_at<Elf64_Ehdr>(object, 0);
  REQUIRE(std::memcmp(header.e_ident, ELFMAG, SELFMAG) == 0);
  CHECK(header.e_type == ET_REL);
  CHECK(header.e_machine == EM_X86_64);
  for (std::size_t i = 0; i < header.e_shnum; ++i) {
    const auto section = read_at<Elf64_Shdr>(object, header.e_shoff + i * header.e_shentsize);
    if (section.sh_type != SHT_SYMTAB) continue;
    const auto names = read_at<Elf64_Shdr>(object, header.e_shoff + section.sh_link * header.e_shentsize);
    for (std::size_t s = 1; s < section.sh_size / section.sh_entsize; ++s) {
      const auto symbol = read_at<Elf64_Sym>(object, section.sh_offset + s * section.sh_entsize);
      if (ELF64_ST_BIND(symbol.st_info) == STB_LOCAL) continue;
      (symbol.st_shndx == SHN_UNDEF ? out.undefined : out.defined).insert(object.c_str() + names.sh_offset + symbol.st_name);
    }
  }
  return out;
}

/// An object linked into a library of its own and loaded.
class LoadedObject {
 public:
  explicit LoadedObject(const std::string& object) {
    std::string folder = (std::filesystem::temp_directory_path() / "ingot_object_XXXXXX").string();
    folder_ = ::mkdtemp(folder.data());
    std::ofstream(folder_ / "program.o", std::ios::binary) << object;
    const std::string command =
        std::string(CXX_COMPILER) + " -shared -o " + (folder_ / "program.so").string() + " " + (folder_ / "program.o").string() + " -lm";
    REQUIRE(std::system(command.c_str()) == 0);
    handle_ = ::dlopen((folder_ / "program.so").c_str(), RTLD_NOW | RTLD_LOCAL);
    REQUIRE(handle_ != nullptr);
  }
  ~LoadedObject() {
    if (handle_ != nullptr) ::dlclose(handle_);
    std::filesystem::remove_all(folder_);
  }
  LoadedObject(const LoadedObject&) = delete;
  LoadedObject& operator=(const LoadedObject&) = delete;

  [[nodiscard]] ProgramFunctions functions() const {
    ProgramFunctions f;
    constexpr const char* names[] = {"toy_train", "toy_evaluate", "toy_predict", "toy_gradient"};
    for (int i = 0; i < 4; ++i) f.entries[i] = reinterpret_cast<RunFunction>(::dlsym(handle_, names[i]));
    f.pack = reinterpret_cast<PackFunction>(::dlsym(handle_, "toy_pack"));
    f.unpack = reinterpret_cast<UnpackFunction>(::dlsym(handle_, "toy_unpack"));
    return f;
  }

 private:
  std::filesystem::path folder_;
  void* handle_ = nullptr;
};

ProgramPlan toy_plan(DType dtype, const std::vector<Entry>& entries, const Target& target) {
  const DefinitionBuilder b = reference_mlp(37, 0.25);
  return plan_program(b.view(), nullptr, 9, dtype, entries, target);
}

}  // namespace

TEST_CASE("an object defines exactly what it promises", "[object]") {
  for (const char* name : {"x86-64-v3", "x86-64-v4"})
    for (const DType dtype : {DType::f32, DType::f64}) {
      const Symbols all = global_symbols(compile_ahead(toy_plan(dtype, all_entries, make_target(name)), "toy"));
      CHECK(all.defined == std::set<std::string>{"toy_train", "toy_evaluate", "toy_predict", "toy_gradient", "toy_pack", "toy_unpack"});
      const std::set<std::string> allowed{"exp", "log", "log1p", "tanh", "erf", "memcpy", "memset", "_GLOBAL_OFFSET_TABLE_"};
      for (const std::string& symbol : all.undefined) {
        INFO(symbol);
        CHECK(allowed.contains(symbol));
        CHECK((dtype == DType::f64 || symbol.rfind("mem", 0) == 0 || symbol[0] == '_'));
      }
    }
  const Symbols few = global_symbols(compile_ahead(toy_plan(DType::f32, {Entry::predict}, make_target("x86-64-v3")), "m"));
  CHECK(few.defined == std::set<std::string>{"m_predict", "m_pack", "m_unpack"});
}

TEST_CASE("objects are the same bytes each time", "[object]") {
  const ProgramPlan plan = toy_plan(DType::f32, {Entry::train}, make_target("x86-64-v4"));
  CHECK(compile_ahead(plan, "toy") == compile_ahead(toy_plan(DType::f32, {Entry::train}, make_target("x86-64-v4")), "toy"));
}

TEST_CASE("code compiled ahead computes the same bits as code compiled just in time", "[object]") {
  for (const Target& target : targets_of_this_machine()) {
    const ProgramPlan plan = toy_plan(DType::f32, all_entries, target);
    const LoadedObject object(compile_ahead(plan, "toy"));
    ProgramRunner ahead(plan, object.functions());
    ProgramRunner now(plan);
    const InterpreterInputs in = representable(plan.graph(), training_inputs(plan.graph(), 9, 4), true);
    RunOptions options;
    options.bytes = true;
    options.threads = 2;
    for (const Entry e : all_entries) CHECK(same_output(ahead.run(e, in, options), now.run(e, in, options)));
  }
}

TEST_CASE("the inner loops of contractions keep their tile in registers", "[object][assembly]") {
  for (const char* name : {"x86-64-v3", "x86-64-v4"}) {
    const DefinitionBuilder b = reference_mlp(512);
    const ProgramPlan plan = plan_program(b.view(), nullptr, 32, DType::f32, {Entry::predict}, make_target(name));
    const std::string wide = plan.target.vector_bytes == 64 ? "zmm" : "ymm";
    const Kernel* forward = nullptr;
    for (const ScheduledKernel& k : plan.entries[0].schedule->kernels)
      if (k.kernel.kind == KernelKind::contraction && k.kernel.domain.cols == 512) forward = &k.kernel;
    REQUIRE(forward != nullptr);
    const int tile = forward->row_tile * static_cast<int>(make_layout(forward->domain, 32, plan.target).vectors());
    int loops = 0;
    for (const Loop& loop : innermost_loops(assembly_text(plan))) {
      const int products = count_lines(loop, "vfmadd", wide);
      if (products != tile) continue;
      ++loops;
      INFO(name);
      CHECK(count_lines(loop, "(%rsp") + count_lines(loop, "%rsp)") + count_lines(loop, "(%rbp") == 0);
      CHECK(static_cast<int>(loop.size()) <= tile + tile / 2 + forward->row_tile + 4);  // operands, broadcasts, the counter
    }
    INFO("tile of " << tile << " vectors on " << name);
    CHECK(loops >= 1);
  }
}
