// Schedules against rates that Keras and PyTorch gave (golden/, written by tests/golden/keras_schedules.py and torch_one_cycle.py).
#include <ingot/runtime/train/rate_schedule.hpp>

#include "runtime/support/fake_model.hpp"

#include <catch2/catch.hpp>
#include <ingot/runtime/data/error.hpp>

#include <cmath>
#include <fstream>
#include <functional>
#include <limits>
#include <map>
#include <sstream>

using namespace ingot::runtime;
using Catch::Matchers::Contains;

namespace {

using Lines = std::map<std::string, std::vector<double>>;

Lines read_golden(const char* file) {
  std::ifstream in(std::string(GOLDEN_DIR) + "/" + file);
  REQUIRE(in);
  Lines lines;
  for (std::string line; std::getline(in, line);) {
    std::istringstream cells(line);
    std::string name;
    cells >> name;
    for (double value = 0; cells >> value;) lines[name].push_back(value);
  }
  return lines;
}

ingot_num number(double k) { return {k, -1, 0}; }
ingot_duration updates(double n) { return {number(n), INGOT_UPDATES, 0}; }
ingot_duration epochs(double n) { return {number(n), INGOT_EPOCHS, 0}; }

/// The fake model with another recipe.
struct Recipe {
  ingot_model model = fake::model();
  ingot_schedule& schedule = model.recipe.schedule;
  explicit Recipe(double rate = 0.1, std::uint32_t kind = INGOT_CONSTANT) {
    model.recipe.learning_rate = number(rate);
    schedule.kind = kind;
  }
  [[nodiscard]] RateSchedule make(const RunLength& run = {10, 4}) const { return {Point(model), run}; }
};

using Change = std::function<void(ingot_schedule&)>;
struct Case {
  double rate = 0.1;
  std::uint32_t kind = INGOT_CONSTANT;
  Change change;
};

void compare(const Lines& golden, const std::map<std::string, Case>& cases, double tolerance) {
  for (const auto& [name, c] : cases) {
    INFO(name);
    Recipe recipe(c.rate, c.kind);
    c.change(recipe.schedule);
    REQUIRE(golden.count(name) == 1);
    const std::vector<double>& expected = golden.at(name);
    const RateSchedule schedule = recipe.make({static_cast<double>(expected.size()), 1});
    CHECK(schedule.varies());
    for (std::size_t s = 0; s < expected.size(); ++s) {
      INFO("step " << s);
      CHECK(schedule.at(s) == Approx(expected[s]).epsilon(tolerance).margin(tolerance * 0.1));
    }
  }
}

void decay(ingot_schedule& s) {
  s.length = updates(10);
  s.factor = number(0.5);
}
void polynomial(ingot_schedule& s) {
  s.length = updates(10);
  s.end = number(0.01);
  s.power = number(2);
}
void one_cycle(ingot_schedule& s) {
  s.rise = number(0.3);
  s.div = number(25);
  s.final_div = number(1e4);
  s.low_momentum = number(0.85);
  s.high_momentum = number(0.95);
}

}  // namespace

TEST_CASE("schedules equal Keras's", "[schedule][golden]") {
  const std::map<std::string, Case> cases = {
      {"exponential", {0.1, INGOT_EXPONENTIAL, decay}},
      {"exponential_staircase", {0.1, INGOT_EXPONENTIAL, [](ingot_schedule& s) { decay(s), s.staircase = 1; }}},
      {"inverse_time", {0.1, INGOT_INVERSE_TIME, decay}},
      {"inverse_time_staircase", {0.1, INGOT_INVERSE_TIME, [](ingot_schedule& s) { decay(s), s.staircase = 1; }}},
      {"piecewise",
       {1.0, INGOT_PIECEWISE,
        [](ingot_schedule& s) {
          s.n_pieces = 2;
          s.pieces[0] = {updates(10), number(0.5)};
          s.pieces[1] = {updates(20), number(0.1)};
        }}},
      {"polynomial", {0.1, INGOT_POLYNOMIAL, polynomial}},
      {"polynomial_cycle", {0.1, INGOT_POLYNOMIAL, [](ingot_schedule& s) { polynomial(s), s.cycle = 1; }}},
      {"cosine", {0.1, INGOT_COSINE, [](ingot_schedule& s) { s.length = updates(10), s.alpha = number(0.1); }}},
      {"cosine_warmup",
       {0.1, INGOT_COSINE,
        [](ingot_schedule& s) { s.length = updates(10), s.alpha = number(0), s.warmup = updates(5), s.warmup_start = number(0.02); }}},
      {"restarts",
       {0.1, INGOT_COSINE_RESTARTS,
        [](ingot_schedule& s) { s.length = updates(10), s.t_mul = number(2), s.m_mul = number(0.5), s.alpha = number(0); }}},
      {"restarts_equal",
       {0.1, INGOT_COSINE_RESTARTS,
        [](ingot_schedule& s) { s.length = updates(7), s.t_mul = number(1), s.m_mul = number(0.9), s.alpha = number(0.05); }}},
  };
  const Lines golden = read_golden("keras_schedules.txt");
  compare(golden, cases, 2e-6);  // Keras computes in float32
  std::size_t schedules = 0;
  for (const auto& [name, rates] : golden) schedules += name.starts_with("plateau_") || name.starts_with("figures_") ? 0 : 1;
  CHECK(schedules == cases.size());
}

TEST_CASE("a warm-up from 0 in 5 updates, then half a cosine over 10", "[schedule]") {
  Recipe recipe(0.1, INGOT_COSINE);
  recipe.schedule.length = updates(10);
  recipe.schedule.warmup = updates(5);
  recipe.schedule.alpha = recipe.schedule.warmup_start = number(0);
  const RateSchedule schedule = recipe.make();
  for (const auto& [step, rate] : {std::pair(0u, 0.0), {1u, .02}, {4u, .08}, {5u, .1}, {10u, .05}, {15u, 0.0}, {20u, 0.0}})
    CHECK(schedule.at(step) == Approx(rate).margin(1e-12));
}

TEST_CASE("one cycle equals PyTorch's", "[schedule][golden]") {
  const std::map<std::string, Case> cases = {
      {"one_cycle", {0.1, INGOT_ONE_CYCLE, one_cycle}},
      {"one_cycle_linear", {0.1, INGOT_ONE_CYCLE, [](ingot_schedule& s) { one_cycle(s), s.linear = 1; }}},
      {"one_cycle_three_phase", {0.1, INGOT_ONE_CYCLE, [](ingot_schedule& s) { one_cycle(s), s.three_phase = 1; }}},
      {"one_cycle_other",
       {0.1, INGOT_ONE_CYCLE,
        [](ingot_schedule& s) {
          s.rise = number(0.45), s.div = number(10), s.final_div = number(100);
          s.low_momentum = number(0.5), s.high_momentum = number(0.8);
        }}},
  };
  const Lines golden = read_golden("torch_one_cycle.txt");
  CHECK(golden.size() == 2 * cases.size());
  compare(golden, cases, 1e-9);
  for (const auto& [name, c] : cases) {
    INFO(name);
    const std::vector<double>& momenta = golden.at(name + "_momentum");
    Recipe recipe(c.rate, c.kind);
    c.change(recipe.schedule);
    const RunLength run{static_cast<double>(momenta.size()), 1};
    CHECK_FALSE(recipe.make(run).momentum_at(0).has_value());
    recipe.schedule.moves_momentum = 1;
    const RateSchedule schedule = recipe.make(run);
    for (std::size_t s = 0; s < momenta.size(); ++s) CHECK(*schedule.momentum_at(s) == Approx(momenta[s]).epsilon(1e-9));
  }
}

TEST_CASE("reduce on plateau equals Keras's", "[schedule][golden]") {
  const Lines golden = read_golden("keras_schedules.txt");
  const auto options = [](double factor, std::uint32_t patience, std::uint32_t cooldown = 0, double floor = 0) {
    PlateauOptions o;
    o.factor = factor;
    o.patience = patience;
    o.cooldown = cooldown;
    o.min_rate = floor;
    return o;
  };
  const std::map<std::string, PlateauOptions> cases = {
      {"constant", options(0.5, 2)}, {"cooldown", options(0.5, 2, 2)}, {"floor", options(0.5, 1, 0, 0.2)}, {"delta", options(0.1, 2)}};
  for (const auto& [name, o] : cases) {
    INFO(name);
    PlateauRate rate(o, 1.0);
    const std::vector<double>&figures = golden.at("figures_" + name), &expected = golden.at("plateau_" + name);
    for (std::size_t e = 0; e < figures.size(); ++e) {
      const double before = rate.rate();
      CHECK(rate.observe(figures[e]) == (expected[e] < before - 1e-6));
      CHECK(rate.rate() == Approx(expected[e]).epsilon(1e-6));
    }
  }
}

TEST_CASE("a plateau of a figure that should grow, and of one that is no number", "[schedule]") {
  PlateauOptions o;
  o.maximize = true;
  o.patience = 1;
  o.min_delta = 0.01;
  PlateauRate rate(o, 1.0);
  CHECK_FALSE(rate.observe(0.5));
  CHECK_FALSE(rate.observe(0.52));
  CHECK(rate.observe(0.525));
  CHECK(rate.observe(std::numeric_limits<double>::quiet_NaN()));
  CHECK(rate.rate() == Approx(0.01));
}

TEST_CASE("lengths in epochs are counted in updates of this run", "[schedule]") {
  Recipe recipe(0.1, INGOT_EXPONENTIAL);
  decay(recipe.schedule);
  recipe.schedule.length = epochs(2.5);
  CHECK(recipe.make({10, 4}).at(25) == Approx(0.05));
  CHECK(recipe.make({4, 4}).at(10) == Approx(0.05));
  CHECK_FALSE(recipe.make().spans_run());
}

TEST_CASE("a schedule without a length takes what the warm-up leaves of the run", "[schedule]") {
  Recipe recipe(0.1, INGOT_COSINE);
  recipe.schedule.warmup = epochs(1);
  const RateSchedule schedule = recipe.make({10, 5});
  CHECK(schedule.spans_run());
  CHECK(schedule.at(0) == 0);
  CHECK(schedule.at(5) == Approx(0.05));
  CHECK(schedule.at(10) == Approx(0.1));
  CHECK(schedule.at(30) == Approx(0.05));
  CHECK(schedule.at(50) == Approx(0).margin(1e-12));
  CHECK(schedule.at(5000) == Approx(0).margin(1e-12));
  CHECK_THROWS_WITH(recipe.make({10, 1}), Contains("warm-up") && Contains("10 updates"));
}

TEST_CASE("restarts stay defined for every factor and time", "[schedule]") {
  Recipe recipe(1.0, INGOT_COSINE_RESTARTS);
  recipe.schedule.length = updates(3);
  recipe.schedule.m_mul = number(1);
  for (const double t_mul : {0.5, 0.99, 1.0, 1.0001, 2.0, 3.0, 7.0}) {
    recipe.schedule.t_mul = number(t_mul);
    const RateSchedule schedule = recipe.make();
    double begin = 0, length = 3;
    for (int period = 0; period < 12; ++period, begin += length, length *= t_mul) {
      INFO("t_mul " << t_mul << " period " << period);
      if (begin == std::floor(begin)) CHECK(schedule.at(static_cast<std::uint64_t>(begin)) == Approx(1.0));
    }
    for (const std::uint64_t s : {100ull, 12345ull, 1ull << 40}) CHECK((schedule.at(s) >= 0 && schedule.at(s) <= 1));
  }
}

TEST_CASE("boundaries of other units are compared when the run begins", "[schedule]") {
  Recipe recipe(1.0, INGOT_PIECEWISE);
  recipe.schedule.n_pieces = 2;
  recipe.schedule.pieces[0] = {updates(30), number(0.5)};
  recipe.schedule.pieces[1] = {epochs(2), number(0.1)};
  CHECK_THROWS_WITH(recipe.make({10, 4}), Contains("boundary 2 of piecewise_rate lies at update 20"));
  CHECK(recipe.make({20, 4}).at(41) == 0.1);
}

TEST_CASE("without a schedule the rate is the optimizer's", "[schedule]") {
  const RateSchedule schedule = Recipe(0.25).make();
  CHECK_FALSE(schedule.varies());
  CHECK(schedule.at(0) == 0.25);
  CHECK(schedule.at(1u << 30) == 0.25);
}
