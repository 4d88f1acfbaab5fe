// Times the update of every optimizer alone, on a kernel of 10 million parameters in float32, beside a triad for the memory bandwidth.
// Prints one JSON object.
//
// usage: optimizers THREADS ROUNDS     rounds alternate between the optimizers and the triad; the fastest run of each counts
#include "autodiff/update.hpp"
#include "cli/bandwidth.hpp"
#include "cli/json_writer.hpp"
#include "ir/verify.hpp"
#include "llvm/compile.hpp"
#include "pass/pipeline.hpp"
#include "schedule/plan.hpp"

#include <ingot/runtime/device/device.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <limits>
#include <memory>

using namespace ingot;
using namespace ingot::codegen;
using ingot::runtime::cli::JsonWriter;

namespace {

constexpr std::int64_t rows = 2500, columns = 4000;
constexpr int runs_per_round = 5;

struct Optimizer {
  const char* name;
  OptimizerForm form;
};
constexpr std::array optimizers = {
    Optimizer{"sgd", {opt_kind::sgd}},           Optimizer{"sgd with momentum", {opt_kind::sgd, true}},
    Optimizer{"adam", {opt_kind::adam}},         Optimizer{"rmsprop", {opt_kind::rmsprop}},
    Optimizer{"nadam", {opt_kind::nadam}},       Optimizer{"adagrad", {opt_kind::adagrad}},
    Optimizer{"adadelta", {opt_kind::adadelta}}, Optimizer{"adamax", {opt_kind::adamax}},
    Optimizer{"lion", {opt_kind::lion}},         Optimizer{"lamb", {opt_kind::lamb}},
};

/// States: the parameter, its gradient, the slots. Scalars as training has them.
Graph update_graph(const OptimizerForm& form) {
  Graph g;
  g.name = "update";
  const std::vector<std::int64_t> dims = {rows, columns};
  g.states = {{"w", dims, DType::f32, Role::parameter, Init::constant, 0, -1},
              {"g", dims, DType::f32, Role::statistic, Init::constant, 0, -1}};
  ParameterStates states{0, {}, -1};
  for (const SlotInfo& slot : slots_of(form)) {
    states.slots.push_back(static_cast<std::int32_t>(g.states.size()));
    g.states.push_back({"w/" + std::string(slot.name), dims, DType::f32, Role::slot, Init::constant, slot.init, 0});
  }
  g.scalars = {{"rate", ScalarKind::rate, -1, 0},
               {"b1", ScalarKind::power, -1, 0.9},
               {"b2", ScalarKind::power, -1, 0.999},
               {"warm", ScalarKind::power, -1, 0.96},
               {"product", ScalarKind::nadam_product, -1, 0.9}};
  Builder b(g);
  const auto constant = [&](double x) { return b.constant(x, DType::f64); };
  OptimizerNumbers n;
  n.form = form;
  n.rate = b.scalar(0);
  n.beta1_power = b.scalar(1);
  n.beta2_power = b.scalar(2);
  n.warm_power = b.scalar(3);
  n.warm_product = b.scalar(4);
  n.momentum = n.rho = n.beta1 = constant(0.9);
  n.beta2 = constant(0.999);
  n.epsilon = constant(1e-7);
  add_update(b, n, states, b.state(1));
  verify(g, Stage::primitive, "benchmark");
  run_passes(g, late_passes());
  return g;
}

class Update {
 public:
  Update(const Optimizer& optimizer, std::uint32_t threads)
      : name_(optimizer.name),
        plan_(plan_graphs({{Entry::train, update_graph(optimizer.form)}}, 1, make_target("host"))),
        code_(compile_now(plan_, nullptr)),
        device_(threads),
        state_(device_, plan_.state_bytes),
        arena_(device_, plan_.entries.front().arena_bytes) {
    std::vector<float> values(rows * columns);
    for (std::size_t i = 0; i < values.size(); ++i) values[i] = static_cast<float>(i % 1000 + 1) * 1e-3f;
    for (std::uint32_t s = 0; s < plan_.graph().states.size(); ++s) code_->pack()(state_.data(), s, values.data());
    call_.state = state_.data();
    call_.arena = arena_.data();
    call_.rows = 1;
    call_.scalars = scalars_.data();
    entry_.run = code_->entry(Entry::train);
  }

  void race() {
    for (int i = 0; i < runs_per_round; ++i) {
      const auto begin = std::chrono::steady_clock::now();
      device_.team().run(entry_.run, call_);
      seconds_ = std::min(seconds_, std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count());
    }
  }

  /// What any program has to move: the gradient is read, the parameter and each slot are read and written.
  [[nodiscard]] double least_bytes() const { return sizeof(float) * static_cast<double>(rows * columns) * (2.0 * slots() + 3); }
  /// What the kernels move.
  [[nodiscard]] double bytes() const {
    double sum = 0;
    for (const KernelInfo& kernel : plan_.entries.front().kernels) sum += static_cast<double>(kernel.bytes);
    return sum;
  }
  void report(JsonWriter& w) const {
    w.begin_object().add("name", name_).add("seconds", seconds_).add("kernels", plan_.entries.front().kernels.size());
    w.add("bytes", bytes()).add("least_bytes", least_bytes()).add("gb_per_s", bytes() / seconds_ * 1e-9).end_object();
  }

 private:
  [[nodiscard]] double slots() const { return static_cast<double>(plan_.graph().states.size()) - 2; }

  const char* name_;
  ProgramPlan plan_;
  std::unique_ptr<JitProgram> code_;
  runtime::CpuDevice device_;
  runtime::DeviceMemory state_, arena_;
  std::array<double, 5> scalars_ = {1e-3, 0.9, 0.999, 0.96, 0.5};
  ingot_call call_{};
  ingot_entry entry_{};
  double seconds_ = std::numeric_limits<double>::infinity();
};

std::string measure_all(std::uint32_t threads, int rounds) {
  JsonWriter w;
  w.begin_object().add("threads", threads).add("parameters", rows * columns).begin_array("optimizers");
  double triad = 0;
  for (const Optimizer& optimizer : optimizers) {
    Update update(optimizer, threads);
    for (int round = 0; round < rounds; ++round) {
      triad = std::max(triad, runtime::cli::measure_bandwidth(threads));
      update.race();
    }
    update.report(w);
  }
  return w.end_array().add("triad_gb_per_s", triad).end_object().text();
}

}  // namespace

int main(int argc, char** argv) {
  const int threads = argc == 3 ? std::atoi(argv[1]) : 0, rounds = argc == 3 ? std::atoi(argv[2]) : 0;
  if (threads < 1 || rounds < 1) {
    std::fprintf(stderr, "usage: optimizers THREADS ROUNDS\n");
    return 2;
  }
  try {
    std::puts(measure_all(static_cast<std::uint32_t>(threads), rounds).c_str());
  } catch (const std::exception& error) {
    std::fprintf(stderr, "optimizers: %s\n", error.what());
    return 1;
  }
  return 0;
}
