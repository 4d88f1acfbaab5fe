#include "codegen/support/program_runner.hpp"

#include "codegen/support/sample_values.hpp"
#include "ir/error.hpp"
#include "schedule/schedule.hpp"

#include <algorithm>
#include <barrier>
#include <cstring>
#include <limits>
#include <sys/mman.h>
#include <thread>
#include <unistd.h>

namespace ingot::test {

using namespace codegen;

namespace {

constexpr std::byte guard_byte{0xA5};
constexpr std::size_t least_head = 64;  // guard bytes before the beginning

std::size_t round_up(std::size_t n, std::size_t to) { return (n + to - 1) / to * to; }

}  // namespace

GuardedMemory::GuardedMemory(std::size_t bytes, std::size_t alignment) : bytes_(bytes) {
  const auto page = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
  tail_ = round_up(bytes, alignment) - bytes;
  const std::size_t usable = round_up(bytes + tail_ + least_head, page);
  mapped_ = usable + page;
  void* memory = ::mmap(nullptr, mapped_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED || ::mprotect(static_cast<std::byte*>(memory) + usable, page, PROT_NONE) != 0)
    throw std::runtime_error("no memory for a guarded buffer");
  begin_ = static_cast<std::byte*>(memory);
  head_ = usable - bytes - tail_;
  std::fill_n(begin_, head_, guard_byte);
  std::fill_n(begin_ + head_ + bytes_, tail_, guard_byte);
}

GuardedMemory::GuardedMemory(GuardedMemory&& o) noexcept
    : begin_(std::exchange(o.begin_, nullptr)), mapped_(o.mapped_), head_(o.head_), tail_(o.tail_), bytes_(o.bytes_) {}

GuardedMemory::~GuardedMemory() {
  if (begin_ != nullptr) ::munmap(begin_, mapped_);
}

bool GuardedMemory::intact() const {
  const auto untouched = [](std::byte b) { return b == guard_byte; };
  return std::all_of(begin_, begin_ + head_, untouched) && std::all_of(data() + bytes_, data() + bytes_ + tail_, untouched);
}

namespace {

void store_number(std::byte* to, DType t, double x) {
  const auto put = [&](auto v) { std::memcpy(to, &v, sizeof v); };
  if (t == DType::f32) return put(static_cast<float>(x));
  if (t == DType::f64) return put(x);
  if (t == DType::u8) return put(static_cast<std::uint8_t>(x));
  if (t == DType::i32) return put(static_cast<std::int32_t>(x));
  throw InternalError("the runner has no form for " + std::string(dtype_name(t)));
}

Values load_numbers(const std::byte* from, DType t, std::size_t n) {
  Values out(n);
  for (std::size_t i = 0; i < n; ++i) {
    if (t == DType::f64) {
      std::memcpy(&out[i], from + i * sizeof(double), sizeof(double));
    } else {
      float x = 0;
      std::memcpy(&x, from + i * sizeof(float), sizeof(float));
      out[i] = x;
    }
  }
  return out;
}

GuardedMemory packed(const Values& v, DType t) {
  GuardedMemory m(v.size() * dtype_size(t), 1);
  for (std::size_t i = 0; i < v.size(); ++i) store_number(m.data() + i * dtype_size(t), t, v[i]);
  return m;
}

/// The buffers of one call, in the forms the ABI asks for.
class CallBuffers {
 public:
  CallBuffers(const ProgramPlan& plan, const Graph& g, const InterpreterInputs& in, const RunOptions& o) : g_(g), rows_(in.rows) {
    if (o.indexed) make_index();
    for (std::size_t i = 0; i < in.inputs.size(); ++i) {
      const DType t = o.bytes ? DType::u8 : plan.dtype;
      inputs_.push_back(packed(spread(in.inputs[i]), t));
      dtypes_.push_back(t == DType::u8 ? INGOT_U8 : t == DType::f32 ? INGOT_F32 : INGOT_F64);
    }
    for (std::size_t i = 0; i < in.targets.size(); ++i) targets_.push_back(packed(spread(in.targets[i]), g.targets[i].dtype));
    for (const Result& r : g.results)
      if (r.kind != ResultKind::assign) room(r, plan.dtype);
    scalars_ = std::make_unique<GuardedMemory>(packed(in.scalars, DType::f64));
    metrics_ = std::make_unique<GuardedMemory>(n_metrics_ * sizeof(double), sizeof(double));
    list_pointers();
  }

  ingot_call call(void* state, void* arena) const {
    ingot_call c{};
    c.state = state;
    c.arena = arena;
    c.inputs = input_pointers_.data();
    c.input_dtypes = dtypes_.data();
    c.targets = target_pointers_.data();
    c.index = index_ ? reinterpret_cast<const std::uint32_t*>(index_->data()) : nullptr;
    c.rows = static_cast<std::uint32_t>(rows_);
    c.scalars = reinterpret_cast<const double*>(scalars_->data());
    c.outputs = output_pointers_.data();
    c.metrics = reinterpret_cast<double*>(metrics_->data());
    return c;
  }

  Values result(const Result& r, DType t) const {
    if (r.kind == ResultKind::metric) return load_numbers(metrics_->data() + static_cast<std::size_t>(r.index) * 8, DType::f64, 1);
    const GuardedMemory& m = outputs_.at(r.index);
    return load_numbers(m.data(), t, m.size() / dtype_size(t));
  }

  bool intact() const {
    const auto whole = [](const GuardedMemory& m) { return m.intact(); };
    return std::all_of(inputs_.begin(), inputs_.end(), whole) && std::all_of(targets_.begin(), targets_.end(), whole) &&
           std::all_of(outputs_.begin(), outputs_.end(), [](const auto& o) { return o.second.intact(); }) && metrics_->intact();
  }

 private:
  /// Row r of the batch becomes row 2 * (rows - 1 - r) + 1: backwards, with a gap before each.
  void make_index() {
    index_ = std::make_unique<GuardedMemory>(static_cast<std::size_t>(rows_) * 4, 4);
    for (std::int64_t r = 0; r < rows_; ++r) store_number(index_->data() + r * 4, DType::i32, static_cast<double>(2 * (rows_ - 1 - r) + 1));
  }
  Values spread(const Values& dense) const {
    if (!index_) return dense;
    const std::size_t rows = static_cast<std::size_t>(rows_), width = dense.size() / rows;
    Values out(dense.size() * 2, 77);
    for (std::size_t r = 0; r < rows; ++r)
      std::copy_n(dense.begin() + static_cast<std::ptrdiff_t>(r * width), width,
                  out.begin() + static_cast<std::ptrdiff_t>((2 * (rows - 1 - r) + 1) * width));
    return out;
  }
  void room(const Result& r, DType t) {
    if (r.kind == ResultKind::metric) {
      n_metrics_ = std::max(n_metrics_, static_cast<std::size_t>(r.index) + 1);
      return;
    }
    const Type& type = g_.type(r.value);
    const std::int64_t n = (type.batched ? type.rows * rows_ : type.rows) * type.cols;
    outputs_.emplace(r.index, GuardedMemory(static_cast<std::size_t>(n) * dtype_size(t), 1));
  }
  void list_pointers() {
    for (const GuardedMemory& m : inputs_) input_pointers_.push_back(m.data());
    for (const GuardedMemory& m : targets_) target_pointers_.push_back(m.data());
    if (!outputs_.empty()) output_pointers_.resize(static_cast<std::size_t>(outputs_.rbegin()->first) + 1, nullptr);
    for (const auto& [i, m] : outputs_) output_pointers_[static_cast<std::size_t>(i)] = m.data();
  }

  const Graph& g_;
  std::int64_t rows_;
  std::unique_ptr<GuardedMemory> index_, scalars_, metrics_;
  std::vector<GuardedMemory> inputs_, targets_;
  std::map<std::int32_t, GuardedMemory> outputs_;
  std::vector<std::uint32_t> dtypes_;
  std::vector<const void*> input_pointers_, target_pointers_;
  std::vector<void*> output_pointers_;
  std::size_t n_metrics_ = 0;
};

void run_team(RunFunction run, ingot_call& call, unsigned threads) {
  std::barrier<> meeting(static_cast<std::ptrdiff_t>(threads));
  call.team = &meeting;
  call.barrier = [](void* team, std::uint32_t) { static_cast<std::barrier<>*>(team)->arrive_and_wait(); };
  std::vector<std::thread> helpers;
  for (unsigned t = 1; t < threads; ++t) helpers.emplace_back([&, t] { run(&call, t, threads); });
  run(&call, 0, threads);
  for (std::thread& t : helpers) t.join();
}

ProgramFunctions functions_of(const JitProgram& p) {
  ProgramFunctions f;
  for (const Entry e : {Entry::train, Entry::evaluate, Entry::predict, Entry::gradient})
    f.entries[static_cast<std::size_t>(e)] = p.entry(e);
  f.pack = p.pack();
  f.unpack = p.unpack();
  return f;
}

}  // namespace

ProgramRunner::ProgramRunner(const ProgramPlan& plan, KernelCache* cache, Marks marks)
    : plan_(plan), jit_(compile_now(plan, cache, marks)), functions_(functions_of(*jit_)), state_(plan.state_bytes, INGOT_ALIGNMENT) {}

ProgramRunner::ProgramRunner(const ProgramPlan& plan, const ProgramFunctions& functions)
    : plan_(plan), functions_(functions), state_(plan.state_bytes, INGOT_ALIGNMENT) {}

const EntryPlan& ProgramRunner::find(Entry entry) const {
  for (const EntryPlan& e : plan_.entries)
    if (e.entry == entry) return e;
  throw InternalError("the plan lacks the entry that a test runs");
}

void ProgramRunner::write_states(const InterpreterInputs& in) {
  for (std::size_t i = 0; i < in.states.size(); ++i)
    functions_.pack(state_.data(), static_cast<std::uint32_t>(i), packed(in.states[i], plan_.dtype).data());
}

std::vector<Values> ProgramRunner::read_states() const {
  std::vector<Values> out;
  for (const StateInfo& s : plan_.graph().states) {
    const auto n = static_cast<std::size_t>(s.rows() * s.cols());
    const GuardedMemory canonical(n * dtype_size(plan_.dtype), 1);
    functions_.unpack(state_.data(), static_cast<std::uint32_t>(out.size()), canonical.data());
    out.push_back(load_numbers(canonical.data(), plan_.dtype, n));
  }
  return out;
}

RunOutput ProgramRunner::run(Entry entry, const InterpreterInputs& in, const RunOptions& options) {
  const EntryPlan& plan = find(entry);
  const auto arena = arenas_.try_emplace(entry, plan.arena_bytes, INGOT_ALIGNMENT).first;
  write_states(in);
  const CallBuffers buffers(plan_, plan.graph, in, options);
  ingot_call call = buffers.call(state_.data(), arena->second.data());
  RunOutput out;
  out.marks.resize(options.threads);
  call.profile = &out.marks;
  call.mark = [](void* marks, std::uint32_t thread, std::uint32_t kernel) {
    (*static_cast<std::vector<std::vector<std::uint32_t>>*>(marks))[thread].push_back(kernel);
  };
  run_team(functions_.entries[static_cast<std::size_t>(entry)], call, options.threads);
  out.states = read_states();
  for (const Result& r : plan.graph.results)
    out.results.push_back(r.kind == ResultKind::assign ? out.states[static_cast<std::size_t>(r.index)] : buffers.result(r, plan_.dtype));
  out.guards_intact = buffers.intact() && state_.intact() && arena->second.intact();
  return out;
}

ProgramPlan without_fusion(ProgramPlan plan) {
  for (EntryPlan& e : plan.entries) {
    auto schedule =
        std::make_shared<EntrySchedule>(make_schedule(e.graph, do_not_fuse(e.graph), plan.batch, plan.target, plan.state_offsets));
    e.kernels = describe(*schedule, plan.batch);
    e.arena_bytes = schedule->arena_bytes;
    e.phases = schedule->phases;
    e.text = print(*schedule);
    e.schedule = std::move(schedule);
  }
  return plan;
}

InterpreterInputs representable(const Graph& g, InterpreterInputs in, bool bytes) {
  const auto round = [](Values& v, bool single) {
    if (single)
      for (double& x : v) x = static_cast<float>(x);
  };
  for (Values& v : in.inputs) {
    round(v, g.dtype == DType::f32);
    if (bytes)
      for (double& x : v) x = std::floor((x + 1) * 127.5);
  }
  for (std::size_t i = 0; i < in.targets.size(); ++i) round(in.targets[i], g.targets[i].dtype == DType::f32);
  for (Values& v : in.states) round(v, g.dtype == DType::f32);
  return in;
}

double worst_distance(const Graph& g, const RunOutput& got, const InterpreterOutputs& expected, std::string* where) {
  double worst = 0;
  for (std::size_t r = 0; r < g.results.size(); ++r) {
    const Values& a = got.results[r];
    const Values& b = expected.results[r];
    double d = a.size() == b.size() ? relative_distance(a, b) : std::numeric_limits<double>::infinity();
    if (std::isnan(d)) d = same_values(a, b) ? 0 : std::numeric_limits<double>::infinity();
    if (d <= worst) continue;
    worst = d;
    if (where != nullptr) *where = g.results[r].name;
  }
  return worst;
}

bool same_output(const RunOutput& a, const RunOutput& b) {
  const auto bits = [](const Values& x, const Values& y) {
    return x.size() == y.size() && (x.empty() || std::memcmp(x.data(), y.data(), x.size() * sizeof(double)) == 0);
  };
  return std::equal(a.results.begin(), a.results.end(), b.results.begin(), b.results.end(), bits) &&
         std::equal(a.states.begin(), a.states.end(), b.states.begin(), b.states.end(), bits);
}

}  // namespace ingot::test
