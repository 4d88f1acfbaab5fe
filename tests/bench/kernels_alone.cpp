#include "bench/kernels_alone.hpp"

#include "fuse/regions.hpp"
#include "llvm/compile.hpp"
#include "schedule/schedule.hpp"
#include "schedule/split_reductions.hpp"

#include <ingot/runtime/device/team.hpp>

#include <memory>
#include <new>
#include <random>
#include <span>

namespace ingot::bench {
namespace {

using namespace codegen;

/// Drops the kernels that copy between the caller's memory and the arena.
void drop_transfers(EntrySchedule& s) {
  std::erase_if(s.kernels,
                [](const ScheduledKernel& k) { return k.kernel.kind == KernelKind::gather || k.kernel.kind == KernelKind::write; });
  const unsigned first = s.kernels.front().phase;
  for (ScheduledKernel& k : s.kernels) k.phase -= first;
  s.phases = s.kernels.back().phase + 1;
}

/// As plan_graphs makes it, but for the choice of convolutions.
ProgramPlan make_plan(Graph g, unsigned batch) {
  const Target target = make_target("host");
  ProgramPlan plan = plan_graphs({{Entry::predict, g}}, batch, target);
  split_reductions(g, batch, target);
  EntrySchedule schedule = make_schedule(g, fuse(g), batch, target, plan.state_offsets);
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

/// A compiled plan with its memory. What the transfers would have brought lies in the arena already: random numbers.
class CompiledKernels {
 public:
  CompiledKernels(ProgramPlan plan, std::uint32_t threads)
      : plan_(std::move(plan)),
        program_(compile_now(plan_, nullptr)),
        state_(plan_.state_bytes),
        arena_(plan_.entries.front().arena_bytes),
        team_(threads) {
    call_.state = state_.data();
    call_.arena = arena_.data();
    call_.rows = plan_.batch;
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

Work kernels_alone(Graph g, unsigned batch, std::uint32_t threads) {
  return [work = std::make_shared<CompiledKernels>(make_plan(std::move(g), batch), threads)] { work->run(); };
}

}  // namespace ingot::bench
