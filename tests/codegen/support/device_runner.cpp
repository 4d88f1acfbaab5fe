#include "codegen/support/device_runner.hpp"

#include "codegen/support/device_rows.hpp"

#include <ingot_device.h>

#include <algorithm>
#include <cstring>
#include <deque>

namespace ingot::test {

using namespace codegen;

namespace {

/// Zeroed memory with the alignment that device memory has.
class Block {
 public:
  explicit Block(std::size_t bytes) : raw_(bytes + INGOT_DEVICE_ALIGNMENT), bytes_(bytes) {}
  std::byte* data() {
    const auto at = reinterpret_cast<std::uintptr_t>(raw_.data());
    return raw_.data() + (INGOT_DEVICE_ALIGNMENT - at % INGOT_DEVICE_ALIGNMENT) % INGOT_DEVICE_ALIGNMENT;
  }
  std::size_t size() const { return bytes_; }
  template <class T>
  T* as() {
    return reinterpret_cast<T*>(data());
  }

 private:
  std::vector<std::byte> raw_;
  std::size_t bytes_;
};

/// What one call reaches, as the runtime lays it out.
class Memory {
 public:
  Memory(const DevicePlan& plan, const DeviceEntryPlan& e, const InterpreterInputs& in, const RunOptions& o)
      : plan_(plan), e_(e), rows_(static_cast<std::size_t>(in.rows)) {
    state_ = &block(plan.state_bytes);
    for (std::size_t i = 0; i < in.states.size(); ++i)
      put_values(state_->data() + plan.state_offsets[i], plan.graph().states[i].dtype, in.states[i]);
    for (const Mirror& m : plan.mirrors)
      put_values(state_->data() + m.offset, m.layout.dtype, in.states[static_cast<std::size_t>(m.state)]);
    arena_ = &block(e.arena_bytes);
    std::fill_n(arena_->as<std::uint32_t>(), e.arena_bytes / 4, 0x7FC0BAD1u);
    make_call(in, o);
    make_index(o);
    for (std::size_t i = 0; i < in.inputs.size(); ++i) inputs_.push_back(&port(in.inputs[i], o.bytes ? DType::u8 : DType::f32, o));
    for (std::size_t i = 0; i < in.targets.size(); ++i) targets_.push_back(&port(in.targets[i], e.graph.targets[i].dtype, o));
    make_results();
  }

  void tell(GlobalMemory& memory) const {
    memory.clear();
    memory.add("state", state_->data(), state_->size(), true);
    memory.add("arena", arena_->data(), arena_->size(), true);
    memory.add("call", call_->data(), call_->size(), false);
    memory.add("index", index_->data(), index_->size(), false);
    memory.add("metrics", metrics_->data(), metrics_->size(), true);
    for (Block* b : inputs_) memory.add("input", b->data(), b->size(), false);
    for (Block* b : targets_) memory.add("target", b->data(), b->size(), false);
    for (Block* b : outputs_) memory.add("output", b->data(), b->size(), true);
  }

  std::byte* address(const DeviceOperand& o) const {
    const auto number = static_cast<std::size_t>(o.number);
    Block* const bases[] = {state_,
                            arena_,
                            call_,
                            index_,
                            o.space == DeviceSpace::input ? inputs_.at(number) : nullptr,
                            o.space == DeviceSpace::target ? targets_.at(number) : nullptr,
                            o.space == DeviceSpace::output ? outputs_.at(number) : nullptr,
                            metrics_};  // by DeviceSpace
    return bases[static_cast<int>(o.space)]->data() + o.offset;
  }

  RunOutput output() const {
    RunOutput out;
    for (std::size_t i = 0; i < plan_.graph().states.size(); ++i) {
      const StateInfo& s = plan_.graph().states[i];
      out.states.push_back(get_values(state_->data() + plan_.state_offsets[i], static_cast<std::size_t>(s.rows() * s.cols())));
    }
    for (const Result& r : e_.graph.results) {
      const auto i = static_cast<std::size_t>(r.index);
      if (r.kind == ResultKind::assign) out.results.push_back(out.states[i]);
      if (r.kind == ResultKind::metric) out.results.push_back(get_values(metrics_->data() + i * sizeof(float), 1));
      if (r.kind == ResultKind::output) out.results.push_back(get_values(outputs_[i]->data(), valid_elements(e_.graph.type(r.value))));
    }
    return out;
  }

 private:
  Block& block(std::size_t bytes) { return blocks_.emplace_back(bytes); }
  std::size_t valid_elements(const Type& t) const { return static_cast<std::size_t>(t.rows * t.cols) * (t.batched ? rows_ : 1); }

  void make_call(const InterpreterInputs& in, const RunOptions& o) {
    call_ = &block(plan_.call.bytes);
    call_->as<std::uint32_t>()[INGOT_CALL_ROWS_OFFSET / 4] = static_cast<std::uint32_t>(in.rows);
    for (std::size_t i = 0; i < in.inputs.size(); ++i)
      call_->as<std::uint32_t>()[INGOT_CALL_DTYPES_OFFSET / 4 + i] = o.bytes ? INGOT_U8 : INGOT_F32;
    put_values(call_->data() + plan_.call.scalars_offset, DType::f64, in.scalars);
  }
  void make_index(const RunOptions& o) {
    index_ = &block(std::size_t{plan_.batch} * 4);
    for (std::size_t r = 0; r < rows_; ++r) index_->as<std::uint32_t>()[r] = static_cast<std::uint32_t>(place_of_row(r, rows_, o.indexed));
  }
  Block& port(const Values& dense, DType t, const RunOptions& o) {
    const std::vector<std::byte> rows = spread_rows(dense, rows_, t, o.indexed);
    Block& b = block(rows.size());
    std::copy(rows.begin(), rows.end(), b.data());
    return b;
  }
  void make_results() {
    std::size_t metrics = 0;
    for (const Result& r : e_.graph.results) {
      const auto i = static_cast<std::size_t>(r.index);
      if (r.kind == ResultKind::metric) metrics = std::max(metrics, i + 1);
      if (r.kind != ResultKind::output) continue;
      if (outputs_.size() <= i) outputs_.resize(i + 1, nullptr);
      const Type& t = e_.graph.type(r.value);
      outputs_[i] = &block(static_cast<std::size_t>((t.batched ? t.rows * plan_.batch : t.rows) * t.cols) * sizeof(float));
    }
    metrics_ = &block(metrics * sizeof(float));
  }

  const DevicePlan& plan_;
  const DeviceEntryPlan& e_;
  std::size_t rows_;
  std::deque<Block> blocks_;
  Block *state_ = nullptr, *arena_ = nullptr, *call_ = nullptr, *index_ = nullptr, *metrics_ = nullptr;
  std::vector<Block*> inputs_, targets_, outputs_;
};

}  // namespace

struct DeviceRunner::Impl {
  const DevicePlan& plan;
  std::unique_ptr<EmulatedDevice> device;
  DeviceEmulator emulator;
};

DeviceRunner::DeviceRunner(const DevicePlan& plan, std::uint64_t seed) : impl_(new Impl{plan, emulate_now(plan), DeviceEmulator(seed)}) {}
DeviceRunner::~DeviceRunner() = default;

DeviceEmulator& DeviceRunner::emulator() { return impl_->emulator; }
const ingot_emulated_image& DeviceRunner::image() const { return impl_->device->image(); }

RunOutput DeviceRunner::run(Entry entry, const InterpreterInputs& in, const RunOptions& options) {
  const DeviceEntryPlan& e = find_entry(impl_->plan, entry);
  const Memory memory(impl_->plan, e, in, options);
  memory.tell(impl_->emulator.memory());
  for (const DeviceLaunch& l : e.launches) {
    std::vector<std::byte*> addresses;
    for (const DeviceOperand& o : l.operands) addresses.push_back(memory.address(o));
    std::vector<const void*> parameters;
    for (std::byte*& a : addresses) parameters.push_back(&a);
    impl_->emulator.launch(image(), l.symbol.c_str(), {static_cast<std::uint32_t>(l.blocks), 1, 1}, {block_threads, 1, 1},
                           static_cast<std::size_t>(l.shared_bytes), parameters.data());
  }
  return memory.output();
}

}  // namespace ingot::test
