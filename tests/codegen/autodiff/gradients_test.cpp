// Clipping, accumulation and averages against trajectories that Keras gave (golden/keras_gradients.txt, written by
// tests/golden/keras_gradients.py): kernel (1, -1) and bias (0.5), eight given gradients, lr 1/8.
#include "autodiff/gradients.hpp"

#include "autodiff/update.hpp"
#include "ir/interpret.hpp"
#include "ir/verify.hpp"
#include "pass/pipeline.hpp"

#include <catch2/catch.hpp>

#include <cmath>
#include <fstream>
#include <limits>
#include <map>
#include <sstream>

using namespace ingot;
using namespace ingot::codegen;

namespace {

struct Setting {
  OptimizerForm form{opt_kind::sgd};
  clip_kind clip = clip_kind::none;
  double limit = 0;
  int batches = 1;
  double average_momentum = -1;  ///< negative: no average
  double decay = 0;              ///< of the kernel only
  bool decays_bias = false;
  double rate = 0.125;
};

enum Scalar : std::int32_t { rate, beta1_power, beta2_power, applies, update };

/// States: kernel, bias, their gradients, then slots, sum and average of each parameter.
class Model {
 public:
  explicit Model(const Setting& s) : s_(s) {
    g_.dtype = DType::f64;
    for (const auto& [name, size] : {std::pair{"kernel", 2}, std::pair{"bias", 1}}) add(name, size, Role::parameter, -1);
    for (const auto& [name, size] : {std::pair{"kernel.gradient", 2}, std::pair{"bias.gradient", 1}}) add(name, size, Role::statistic, -1);
    g_.scalars = {{"rate", ScalarKind::rate, -1, 0},
                  {"b1", ScalarKind::power, -1, 0.875},
                  {"b2", ScalarKind::power, -1, 0.984375},
                  {"applies", ScalarKind::apply, -1, 0},
                  {"update", ScalarKind::update, -1, 0}};
    build();
    verify(g_, Stage::primitive, "test");
    run_passes(g_, late_passes());
  }

  [[nodiscard]] const Graph& graph() const { return g_; }
  [[nodiscard]] const std::vector<std::int32_t>& averages() const { return averages_; }

  InterpreterInputs start() const {
    InterpreterInputs in;
    for (const StateInfo& state : g_.states) in.states.emplace_back(static_cast<std::size_t>(state.cols()), state.init_value);
    in.states[0] = {1, -1};
    in.states[1] = {0.5};
    return in;
  }
  void set_scalars(InterpreterInputs& in, int call) const {
    const int number = (call + s_.batches - 1) / s_.batches;
    in.scalars = {s_.rate, std::pow(0.875, number), std::pow(0.984375, number), call % s_.batches == 0 ? 1.0 : 0.0,
                  static_cast<double>(number)};
  }

 private:
  std::int32_t add(const std::string& name, std::int64_t size, Role role, std::int32_t parameter, double init = 0) {
    g_.states.push_back({name, {size}, DType::f64, role, Init::constant, init, parameter});
    return static_cast<std::int32_t>(g_.states.size() - 1);
  }

  void build() {
    std::vector<ParameterStates> states;
    std::vector<std::int32_t> accumulators;
    for (std::int32_t p = 0; p < 2; ++p) {
      const std::int64_t size = p == 0 ? 2 : 1;
      states.push_back({p, {}, -1});
      for (const SlotInfo& slot : slots_of(s_.form))
        states.back().slots.push_back(add(std::string(slot.name), size, Role::slot, p, slot.init));
      if (s_.batches > 1) accumulators.push_back(add("accumulated", size, Role::slot, p));
      if (s_.average_momentum >= 0) averages_.push_back(states.back().average = add("average", size, Role::slot, p));
    }
    Builder b(g_);
    const auto constant = [&b](double value) { return b.constant(value, DType::f64); };
    GradientNumbers gradient;
    gradient.clip = s_.clip;
    gradient.limit = constant(s_.limit);
    OptimizerNumbers n;
    n.form = s_.form;
    n.rate = b.scalar(rate);
    n.momentum = n.rho = n.beta1 = constant(0.875);
    n.beta2 = constant(0.984375);
    n.epsilon = constant(1e-7);
    n.beta1_power = b.scalar(beta1_power);
    n.beta2_power = b.scalar(beta2_power);
    n.weight_decay = constant(s_.decay);
    if (s_.batches > 1) {
      gradient.batches = constant(s_.batches);
      gradient.applies = n.applies = b.greater(b.scalar(applies), 0.5);
    }
    if (s_.average_momentum >= 0) n.average_momentum = constant(s_.average_momentum);
    n.update = b.scalar(update);
    auto grads = clip_gradients(b, gradient, accumulate_gradients(b, gradient, accumulators, {b.state(2), b.state(3)}));
    for (std::size_t p = 0; p < 2; ++p) {
      n.has_decay = s_.decay != 0 && (p == 0 || s_.decays_bias);
      add_update(b, n, states[p], grads[p]);
    }
  }

  Setting s_;
  Graph g_;
  std::vector<std::int32_t> averages_;
};

const std::vector<Values> kernel_gradients = {{0.5, -2},  {-0.3, 1},    {0.2, 0.1},    {0, -0.4},
                                              {1.5, 0.7}, {-0.05, 0.6}, {0.01, -0.02}, {0.3, 0.3}};
const Values bias_gradients = {1.0, -0.5, 0.25, 3.0, 0.0, -0.125, 0.5, -2.0};

Values trajectory(const Setting& setting) {
  const Model model(setting);
  InterpreterInputs in = model.start();
  Values all;
  const auto append = [&](std::int32_t state) {
    const Values& v = in.states[static_cast<std::size_t>(state)];
    all.insert(all.end(), v.begin(), v.end());
  };
  for (int call = 1; call <= 8; ++call) {
    in.states[2] = kernel_gradients[static_cast<std::size_t>(call - 1)];
    in.states[3] = {bias_gradients[static_cast<std::size_t>(call - 1)]};
    model.set_scalars(in, call);
    in.states = interpret(model.graph(), in).states;
    append(0);
    append(1);
    for (const std::int32_t average : model.averages()) append(average);
  }
  return all;
}

const std::map<std::string, Setting> settings = {
    {"clip_value", {{opt_kind::sgd}, clip_kind::value, 0.25}},
    {"clip_norm", {{opt_kind::sgd}, clip_kind::norm, 0.75}},
    {"clip_global_norm", {{opt_kind::sgd}, clip_kind::global_norm, 1}},
    {"clip_global_norm_adam", {{opt_kind::adam}, clip_kind::global_norm, 0.5}},
    {"accumulate", {{opt_kind::sgd, true}, clip_kind::none, 0, 3}},
    {"accumulate_adam", {{opt_kind::adam}, clip_kind::none, 0, 2}},
    {"accumulate_clip_norm", {{opt_kind::sgd}, clip_kind::norm, 0.5, 2}},
    {"accumulate_clip_global_norm", {{opt_kind::rmsprop}, clip_kind::global_norm, 0.5, 4}},
    {"average", {{opt_kind::sgd, true}, clip_kind::none, 0, 1, 0.75}},
    {"average_adamw", {{opt_kind::adamw}, clip_kind::none, 0, 1, 0.5, 0.25, true}},
    {"decay_without_bias", {{opt_kind::sgd}, clip_kind::none, 0, 1, -1, 0.5}},
};

}  // namespace

TEST_CASE("three clipped or accumulated updates with a rate of 0.1 equal those of Keras", "[gradients][golden]") {
  const auto kernel = [](Setting setting) {
    setting.rate = 0.1;
    const Values all = trajectory(setting);  // of each call: the kernel, then the bias
    return Values{all[0], all[1], all[3], all[4], all[6], all[7]};
  };
  const auto check = [&](const Setting& setting, const Values& expected) {
    const Values w = kernel(setting);
    for (std::size_t i = 0; i < expected.size(); ++i) CHECK(w[i] == Approx(expected[i]).epsilon(1e-6));
  };
  check({{opt_kind::sgd}, clip_kind::norm, 1}, {0.9757465, -0.9029858, 1.004481, -0.9987684, 0.9844812, -1.008768});
  check({{opt_kind::sgd}, clip_kind::value, 0.25}, {0.975, -0.975, 1, -1, 0.98, -1.01});
  check({{opt_kind::sgd}, clip_kind::none, 0, 3}, {1, -1, 1, -1, 0.9866667, -0.97});
}

TEST_CASE("clipped, accumulated and averaged updates equal those of Keras", "[gradients][golden]") {
  std::ifstream file(GOLDEN_DIR "/keras_gradients.txt");
  REQUIRE(file);
  std::size_t compared = 0;
  for (std::string line; std::getline(file, line); ++compared) {
    std::istringstream cells(line);
    std::string name;
    cells >> name;
    INFO(name);
    REQUIRE(settings.count(name) == 1);
    for (const double value : trajectory(settings.at(name))) {
      double expected = 0;
      REQUIRE(cells >> expected);
      CHECK(value == Approx(expected).epsilon(1e-7).margin(1e-8));
    }
  }
  CHECK(compared == settings.size());
}

TEST_CASE("the average of accumulated updates moves with the updates, not with the calls", "[gradients]") {
  const Values every = trajectory({{opt_kind::sgd}, clip_kind::none, 0, 2, 0.5});
  for (std::size_t call = 0; call < 8; call += 2) {  // nothing changes in the first call of each update
    const auto at = [&](std::size_t c, std::size_t i) { return every[c * 6 + i]; };
    for (std::size_t i = 3; i < 6; ++i) CHECK(at(call, i) == (call == 0 ? 0 : at(call - 1, i)));
    for (std::size_t i = 0; i < 3; ++i) CHECK(at(1, 3 + i) == at(1, i));  // the first average is the weights
  }
}

TEST_CASE("a gradient that is not finite makes all of them NaN under a global norm", "[gradients]") {
  const Model model({{opt_kind::sgd}, clip_kind::global_norm, 1});
  for (const double bad : {std::numeric_limits<double>::infinity(), std::numeric_limits<double>::quiet_NaN()}) {
    InterpreterInputs in = model.start();
    in.states[2] = {0.5, 1};
    in.states[3] = {bad};
    model.set_scalars(in, 1);
    const auto states = interpret(model.graph(), in).states;
    CHECK(std::isnan(states[0][0]));
    CHECK(std::isnan(states[0][1]));
    CHECK(std::isnan(states[1][0]));
  }
}

TEST_CASE("gradients of zero pass every clip", "[gradients]") {
  for (const clip_kind clip : {clip_kind::value, clip_kind::norm, clip_kind::global_norm}) {
    const Model model({{opt_kind::sgd}, clip, 1});
    InterpreterInputs in = model.start();
    model.set_scalars(in, 1);
    const auto states = interpret(model.graph(), in).states;
    CHECK((states[0] == Values{1, -1} && states[1] == Values{0.5}));
  }
}
