// The typed facade over the fake model: the declaration below is what the fake program implements.
#include <ingot/typed/trainer.hpp>

#include "runtime/support/fake_data.hpp"

#include <catch2/catch.hpp>
#include <ingot/dsl.hpp>

using namespace ingot::literals;
using Catch::Matchers::Contains;

namespace {

// clang-format off: one line for each layer
inline constexpr auto net = ingot::model(
    ingot::input(6)
      | ingot::dense("units"_hp = ingot::range(2, 8, 2), "act"_hp = ingot::choice(ingot::act::tanh, ingot::relu)).as("hidden")
      | ingot::when("drop"_hp = ingot::flag, ingot::dropout("rate"_hp = ingot::range(0.1, 0.5)))
      | ingot::dense(3).as("logits"),
    ingot::sparse_categorical_crossentropy(ingot::from_logits),
    ingot::adam("learning_rate"_hp = ingot::choice(1e-1, 1e-2, 1e-3)),
    ingot::batch(8), ingot::epochs(5), ingot::rescale(1 / 255.));
// clang-format on

using rows_t = ingot::labelled<net, unsigned char>;

static_assert(std::is_same_v<ingot::inputs_of<net>, std::tuple<ingot::tensor<const float, ingot::dyn, 6>>>);
static_assert(std::is_same_v<ingot::target_of<net>, ingot::tensor<const std::int32_t, ingot::dyn>>);
static_assert(std::is_same_v<decltype(ingot::prediction<net>::view), ingot::tensor<float, ingot::dyn, 3>>);

inline constexpr auto weighed = ingot::model(ingot::input(2) | ingot::dense(1), ingot::mse, ingot::sample_weights);

template <class C>
concept knows_unitz = requires(C c) { c["unitz"_hp]; };
static_assert(!knows_unitz<ingot::config<net>>);

rows_t rows_of(const fake::Data& data) {
  rows_t rows;
  rows.inputs = ingot::rows_of<ingot::input_of<net, 0, const unsigned char>>(std::span<const unsigned char>(data.pixels));
  rows.targets = ingot::rows_of<ingot::target_of<net>>(std::span<const std::int32_t>(data.labels));
  return rows;
}

ingot::config<net> ahead() {
  ingot::config<net> at;
  at["units"_hp] = 4;
  at["learning_rate"_hp] = 0.1;
  at["rate"_hp] = 0.25;
  return at;
}

}  // namespace

TEST_CASE("a model is trained, evaluated and asked through its types", "[typed]") {
  const fake::Data train = fake::data(600, 1), test = fake::data(100, 2);
  ingot::trainer_options options;
  options.epochs = 20;
  ingot::trainer<net> trainer(fake::model(), ahead(), options);
  int batches = 0, epochs = 0;
  trainer.on_batch_end = [&](const ingot::batch_event& e) { batches += e.rows == 8 ? 1 : 0; };
  trainer.on_epoch_end = [&](const ingot::epoch_event& e) {
    ++epochs;
    return ingot::find_value(e.values, "val_accuracy") != nullptr;
  };
  const ingot::fit_result result = trainer.fit(rows_of(train), rows_of(test));
  CHECK(result.epochs == 20);
  CHECK(batches == 20 * 75);
  CHECK(epochs == 20);
  const ingot::figures figures = trainer.evaluate(rows_of(test));
  CHECK(figures.accuracy > 0.8);
  CHECK(figures.loss == *ingot::find_value(result.last, "val_loss"));

  const auto scores = trainer.predict(rows_of(test).inputs);
  CHECK(scores.view.extent == std::array<std::int32_t, 2>{100, 3});
  CHECK(scores.view.data[0] + scores.view.data[1] + scores.view.data[2] == Approx(1));
  CHECK(trainer.configuration()["learning_rate"_hp] == 0.1);
}

TEST_CASE("an epoch callback ends the run", "[typed]") {
  const fake::Data train = fake::data(40, 1);
  ingot::trainer<net> trainer(fake::model(), ahead());
  trainer.on_epoch_end = [](const ingot::epoch_event& e) { return e.epoch < 1; };
  CHECK(trainer.fit(rows_of(train)).epochs == 2);
}

TEST_CASE("weights are read and written by layer", "[typed]") {
  ingot::trainer<net> trainer(fake::model(), ahead());
  ingot::weights<net> weights = trainer.read_weights();
  const auto& kernel = weights["hidden"_layer].kernel;
  static_assert(std::is_same_v<std::remove_cvref_t<decltype(kernel)>, ingot::tensor<float, 6, ingot::dyn>>);
  CHECK(kernel.extent == std::array<std::int32_t, 2>{6, 4});
  const auto& core = trainer.core().instance();
  CHECK(static_cast<double>(kernel.data[5]) == core.get_doubles(*core.find_state("hidden.kernel"))[5]);
  weights["logits"_layer].bias.data[1] = 42;
  trainer.write_weights(weights);
  CHECK(core.get_doubles(*core.find_state("logits.bias"))[1] == 42);
}

TEST_CASE("rows and programs that do not fit are refused in one sentence", "[typed]") {
  const fake::Data data = fake::data(20, 1);
  ingot::trainer<net> trainer(fake::model(), ahead());
  rows_t rows = rows_of(data);
  std::get<0>(rows.targets).extent[0] = 19;
  CHECK_THROWS_WITH(trainer.fit(rows), Contains("19 rows, the first input has 20"));
  rows = rows_of(data);
  std::get<0>(rows.inputs).extent[1] = 5;
  CHECK_THROWS_WITH(trainer.fit(rows), Contains("a row has 5 values, the program wants 6"));
  const std::vector<float> odd(7);
  CHECK_THROWS_WITH((ingot::rows_of<ingot::input_of<net, 0, const float>>(std::span<const float>(odd))), Contains("rows of 6"));
  ingot_model other = fake::model();
  other.n_hps = 4;
  CHECK_THROWS_WITH(ingot::trainer<net>(other, ahead()), Contains("another declaration"));
}

TEST_CASE("weights of rows are one more target", "[typed]") {
  const ingot_tensor input{"input", INGOT_F32, 1, {2}, 2};
  const ingot_tensor targets[] = {{"dense", INGOT_F32, 1, {1}, 1}, {"sample_weight", INGOT_F32, 0, {}, 1}};
  ingot_model model{};
  model.inputs = &input;
  model.targets = targets;
  const std::vector<float> x{1, 2, 3, 4}, y{5, 6}, w{0.5, 2};
  ingot::labelled<weighed> rows;
  rows.inputs = ingot::rows_of<ingot::input_of<weighed, 0, const float>>(std::span<const float>(x));
  rows.targets = ingot::rows_of<ingot::target_of<weighed>>(std::span<const float>(y));
  CHECK_THROWS_WITH((ingot::detail::as_dataset<weighed, float>(rows, model)), Contains("sample_weight has 0 rows"));
  rows.sample_weights = ingot::rows_of<decltype(rows.sample_weights)>(std::span<const float>(w));
  const auto data = ingot::detail::as_dataset<weighed, float>(rows, model);
  REQUIRE(data.targets.size() == 2);
  CHECK(*static_cast<const float*>(data.targets[1].row(1)) == 2);
}
