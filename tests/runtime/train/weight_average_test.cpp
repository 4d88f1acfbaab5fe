// The average of the weights takes their place when it is due. The fake model keeps none: Adam's first moment stands for it here.
#include "runtime/support/fake_data.hpp"

#include <catch2/catch.hpp>
#include <ingot/runtime/train/trainer.hpp>

#include <functional>
#include <string>

using namespace ingot::runtime;

namespace {

/// The fake model at its initial point, with the slots "NAME/adam.m" named "NAME/average".
struct Averaging {
  ingot_model model = fake::model();
  ingot_program program = *fake::model().points[0].f32;
  std::vector<ingot_state> states{program.states, program.states + program.n_states};
  std::vector<std::string> names;
  ingot_point point = fake::model().points[0];

  explicit Averaging(std::uint32_t every = 0, bool declared = true) {
    names.reserve(states.size());
    for (ingot_state& state : states) {
      const std::string name = state.tensor.name;
      if (!declared || !name.ends_with("/adam.m")) continue;
      state.tensor.name = names.emplace_back(name.substr(0, name.find('/')) + "/average").c_str();
    }
    program.states = states.data();
    point.f32 = &program;
    model.points = &point;
    model.n_points = 1;
    model.recipe.average = 1;
    model.recipe.average_every = every;
  }
  Averaging(const Averaging&) = delete;
  Averaging& operator=(const Averaging&) = delete;
};

struct Trained {
  std::vector<double> weights, average;
};

Trained train(const ingot_model& model, const char* average, const std::function<void(TrainOptions&)>& change = {}) {
  ProgramSource source(model);
  CpuDevice device(1);
  TrainOptions options;
  options.epochs = 2;
  options.batch = 8;
  if (change) change(options);
  Trainer trainer(source, Point(model), device, options);
  trainer.run({fake::dataset(80, 3), fake::dataset(30, 4)});
  const auto read = [&](const char* name) { return trainer.instance().get_doubles(*trainer.instance().find_state(name)); };
  return {read("hidden.kernel"), read(average)};
}

}  // namespace

TEST_CASE("the average takes the place of the weights when training ends", "[average]") {
  const Averaging averaging, plain(0, false);
  const Trained with = train(averaging.model, "hidden.kernel/average"), without = train(plain.model, "hidden.kernel/adam.m");
  CHECK(with.weights == with.average);
  CHECK(with.average == without.average);  // and not before
  CHECK(without.weights != without.average);
}

TEST_CASE("the average takes the place of the weights every so many updates", "[average]") {
  const Averaging never, often(5), at_end(20), beyond(21);
  const auto average = [](const Averaging& a) { return train(a.model, "hidden.kernel/average").average; };
  CHECK(average(often) != average(never));  // what followed the overwriting went another way
  CHECK(average(at_end) == average(never));
  CHECK(average(beyond) == average(never));
}

TEST_CASE("with accumulated gradients the average is used by updates, and not before the first", "[average]") {
  // 20 steps of 4 per update: 5 updates
  Averaging never, at_end(5), before(4), none;
  for (Averaging* a : {&never, &at_end, &before}) a->model.recipe.accumulation = {4, -1, 0};
  const auto average = [](const Averaging& a) { return train(a.model, "hidden.kernel/average").average; };
  CHECK(average(at_end) == average(never));
  CHECK(average(before) != average(never));
  none.model.recipe.accumulation = {1000, -1, 0};
  const Trained untouched = train(none.model, "hidden.kernel/average");
  CHECK(untouched.weights != untouched.average);
}

TEST_CASE("the best weights come back in spite of the average", "[average]") {
  const auto keep_best = [](TrainOptions& options) {
    options.epochs = 4;
    options.stopping.emplace();
    options.stopping->restore_best = true;
    options.stopping->patience = 10;
  };
  const Averaging averaging, plain(0, false);
  const Trained with = train(averaging.model, "hidden.kernel/average", keep_best);
  CHECK(with.weights == train(plain.model, "hidden.kernel/adam.m", keep_best).weights);
}
