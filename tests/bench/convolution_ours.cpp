#include "bench/convolution_work.hpp"

#include "fuse/regions.hpp"
#include "ir/builder.hpp"
#include "ir/verify.hpp"
#include "llvm/compile.hpp"
#include "schedule/choose_convolution.hpp"
#include "schedule/schedule.hpp"
#include "schedule/split_reductions.hpp"

#include <ingot/runtime/device/team.hpp>

#include <array>
#include <memory>
#include <new>
#include <random>
#include <span>

namespace ingot::bench {
namespace {

using namespace codegen;

Graph make_graph(const Convolution& c, Direction d) {
  const auto side = static_cast<std::int32_t>(c.side);
  const Window w{side, side, side, side, 3, 3, 1, 1, 1, 1, 1, 1, 1, 1};
  Graph g;
  g.name = "convolution";
  g.dtype = DType::f32;
  g.inputs = {{"image", {w.in_pixels(), c.channels}, g.dtype}, {"gradient", {w.out_pixels(), c.filters}, g.dtype}};
  g.states = {{"kernel", {w.cells() * c.channels, c.filters}, g.dtype, Role::parameter, Init::constant, 0, -1}};
  Builder b(g);
  const auto input = [&](std::int32_t i, std::int64_t cols) {
    Attr attr;
    attr.index = i;
    return b.node(Op::input, {}, attr, {g.dtype, true, w.in_pixels(), cols});
  };
  ValueId result = no_value;
  if (d == Direction::forward) {
    result = b.window(Op::conv, std::array{input(0, c.channels), b.state(0)}, w);
  } else if (d == Direction::image_gradient) {  // the window is its own adjoint
    result = b.window(Op::conv, std::array{input(1, c.filters), b.window(Op::flip_kernel, std::array{b.state(0)}, w)}, w);
  } else {
    const ValueId image = input(0, c.channels);
    result = b.window(Op::conv_kernel_gradient, std::array{image, input(1, c.filters)}, w);
  }
  g.outputs = {{"result", {g.type(result).rows, g.type(result).cols}, g.dtype}};
  g.results = {{ResultKind::output, 0, result, "result"}};
  verify(g, Stage::primitive, "benchmark");
  return g;
}

/// Drops the kernels that copy between the caller's memory and the arena.
void drop_transfers(EntrySchedule& s) {
  std::erase_if(s.kernels,
                [](const ScheduledKernel& k) { return k.kernel.kind == KernelKind::gather || k.kernel.kind == KernelKind::write; });
  const unsigned first = s.kernels.front().phase;
  for (ScheduledKernel& k : s.kernels) k.phase -= first;
  s.phases = s.kernels.back().phase + 1;
}

/// As plan_graphs makes it, but in the form asked for. None when the graph has no convolution of that form.
std::optional<ProgramPlan> make_plan(Graph g, Form form) {
  const Target target = make_target("host");
  ProgramPlan plan = plan_graphs({{Entry::predict, g}}, convolution_batch, target);
  if (form == Form::winograd && !choose_convolutions(g)) return std::nullopt;
  split_reductions(g, convolution_batch, target);
  EntrySchedule schedule = make_schedule(g, fuse(g), convolution_batch, target, plan.state_offsets);
  drop_transfers(schedule);
  EntryPlan& entry = plan.entries.front();
  entry.graph = std::move(g);
  entry.arena_bytes = schedule.arena_bytes;
  entry.phases = schedule.phases;
  entry.text = print(schedule);
  entry.schedule = std::make_shared<EntrySchedule>(std::move(schedule));
  return plan;
}

/// Aligned floats between -1 and 1: zeros would draw less power and run at a higher clock.
class RandomMemory {
 public:
  explicit RandomMemory(std::uint64_t bytes) : floats_(static_cast<float*>(::operator new(bytes + 1, alignment))) {
    std::minstd_rand draw(1);
    std::uniform_real_distribution<float> uniform(-1, 1);
    for (float& x : std::span(floats_, bytes / sizeof(float))) x = uniform(draw);
  }
  ~RandomMemory() { ::operator delete(floats_, alignment); }
  RandomMemory(const RandomMemory&) = delete;
  RandomMemory& operator=(const RandomMemory&) = delete;
  [[nodiscard]] float* data() const { return floats_; }

 private:
  static constexpr std::align_val_t alignment{INGOT_ALIGNMENT};
  float* floats_;
};

/// One compiled form with its memory. What the transfers would have brought lies in the arena already: random numbers.
class OurConvolution {
 public:
  OurConvolution(ProgramPlan plan, std::uint32_t threads)
      : plan_(std::move(plan)),
        program_(compile_now(plan_, nullptr)),
        state_(plan_.state_bytes),
        arena_(plan_.entries.front().arena_bytes),
        team_(threads) {
    call_.state = state_.data();
    call_.arena = arena_.data();
    call_.rows = convolution_batch;
  }
  void run() { team_.run(program_->entry(Entry::predict), call_); }

 private:
  ProgramPlan plan_;
  std::unique_ptr<JitProgram> program_;
  RandomMemory state_, arena_;
  runtime::Team team_;
  ingot_call call_{};
};

}  // namespace

std::optional<Work> our_work(const Convolution& c, Direction d, Form form, std::uint32_t threads) {
  std::optional<ProgramPlan> plan = make_plan(make_graph(c, d), form);
  if (!plan) return std::nullopt;
  return [work = std::make_shared<OurConvolution>(std::move(*plan), threads)] { work->run(); };
}

}  // namespace ingot::bench
