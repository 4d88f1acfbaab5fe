#include <ingot/runtime/train/gradcheck.hpp>

#include "runtime/support/fake_data.hpp"
#include "train/numeric_derivative.hpp"

#include <catch2/catch.hpp>
#include <ingot/runtime/data/error.hpp>
#include <ingot/runtime/train/weights.hpp>

#include <algorithm>
#include <cmath>

using namespace ingot::runtime;
using Catch::Matchers::Contains;

namespace {

/// The source of fake programs has tanh at its initial point only; relu points are put in its place.
const ingot_model& relu_model() {
  static const ingot_point points[] = {
      {"x86-64-v3", fake::program(4, fake::relu_act, 8, INGOT_F32), fake::program(4, fake::relu_act, 8, INGOT_F64), nullptr}};
  static const ingot_model model = [] {
    ingot_model m = fake::model();
    m.n_points = 1;
    m.points = points;
    return m;
  }();
  return model;
}

GradcheckResult check(const Point& point, GradcheckOptions options = {}) {
  ProgramSource source(point.model());
  CpuDevice device(1);
  return gradcheck(source, point, device, fake::dataset(30, 4), 8, options);
}

struct Switch {
  explicit Switch(std::atomic<bool>& flag) : flag_(&flag) { flag = true; }
  ~Switch() { *flag_ = false; }
  std::atomic<bool>* flag_;
};

}  // namespace

TEST_CASE("right gradients pass: every parameter and the input", "[gradcheck]") {
  const GradcheckResult result = check(Point(fake::model()));
  CHECK(result.problem.empty());
  CHECK(result.passed);
  CHECK(result.worst_relative_error < 1e-7);
  REQUIRE(result.tensors.size() == 5);
  CHECK(result.tensors[0].name == "hidden.kernel");
  CHECK(result.tensors[4].name == "input");
  for (const TensorCheck& tensor : result.tensors) {
    CHECK(tensor.verdict == "ok");
    CHECK(tensor.checked > 0);
    CHECK(tensor.direction_error < 1e-6);
    CHECK(tensor.f32_error < tensor.f32_tolerance);
    CHECK(tensor.f32_error > 0);
  }
}

TEST_CASE("dropout keeps its mask, relu has kinks, burn-in trains: still right", "[gradcheck]") {
  Point dropping(fake::model());
  dropping.set("drop=true");
  CHECK(check(dropping).passed);
  GradcheckOptions options;
  options.burn_in_steps = 20;
  CHECK(check(Point(fake::model()), options).passed);
  CHECK(check(Point(fake::standardized_model()), options).passed);
  for (std::uint64_t seed = 0; seed < 10; ++seed) {
    options.seed = seed;
    const GradcheckResult result = check(Point(relu_model()), options);
    INFO("seed " << seed);
    for (const TensorCheck& tensor : result.tensors) CHECK(tensor.verdict == "ok");
  }
}

TEST_CASE("a wrong gradient is caught and named", "[gradcheck]") {
  const Switch broken(fake::break_gradient);
  const GradcheckResult result = check(Point(fake::model()));
  CHECK_FALSE(result.passed);
  CHECK(result.worst_relative_error > 0.01);
  for (const TensorCheck& tensor : result.tensors) CHECK(tensor.passed == (tensor.name != "logits.bias"));
  CHECK(result.tensors[3].worst_index == 2);
  CHECK(result.tensors[3].worst_position == "[2]");
}

TEST_CASE("a wrong float32 gradient is no kink", "[gradcheck]") {
  const Switch broken(fake::break_float32);
  for (const Point& point : {Point(fake::model()), Point(relu_model())}) {
    const GradcheckResult result = check(point);
    CHECK_FALSE(result.passed);
    for (const TensorCheck& tensor : result.tensors) CHECK(tensor.passed == (tensor.name != "hidden.bias"));
    CHECK_THAT(failure(result), Contains("hidden.bias") && Contains("float32"));
  }
}

TEST_CASE("float32 on the other side of a kink is said, and is no failure", "[gradcheck]") {
  ProgramSource source(relu_model());
  CpuDevice device(1);
  const Dataset rows = fake::dataset(8, 4);
  ProgramRequest request;
  request.batch = 8;
  GradcheckOptions options;
  options.max_skipped = 0.3;  // a unit has its kink where the check stands
  int said = 0;
  for (std::uint64_t seed = 0; seed < 12; ++seed) {
    Instance instance(Point(relu_model()), source.get(Point(relu_model()), request), device);
    instance.initialize(seed);
    // the pre-activation of unit 0 on row 0 is what rounding leaves: its sign differs between float32 and float64
    const auto kernel = instance.get_doubles(*instance.find_state("hidden.kernel"));
    auto bias = instance.get_doubles(*instance.find_state("hidden.bias"));
    const auto* pixels = static_cast<const std::uint8_t*>(rows.inputs[0].data());
    bias[0] = 0;
    for (std::uint32_t i = 0; i < fake::inputs; ++i) bias[0] -= kernel[i * bias.size()] * pixels[i] / 255;
    instance.set_doubles(*instance.find_state("hidden.bias"), bias);
    const GradcheckResult result = gradcheck_at(source, instance, rows, 1, options);
    INFO("seed " << seed << ": " << failure(result));
    CHECK(result.passed);
    const auto beyond = [](const TensorCheck& tensor) { return tensor.f32_beyond_kink; };
    if (std::none_of(result.tensors.begin(), result.tensors.end(), beyond)) continue;
    ++said;
    REQUIRE(result.notes.size() == 1);
    CHECK_THAT(result.notes[0], Contains("kink") && Contains("float32"));
  }
  CHECK(said > 0);
}

TEST_CASE("the fast mode passes what is right and finds where it is wrong", "[gradcheck]") {
  GradcheckOptions options;
  options.fast = true;
  const GradcheckResult right = check(Point(fake::model()), options);
  CHECK(right.passed);
  for (const TensorCheck& tensor : right.tensors) {
    CHECK(tensor.checked == 0);
    CHECK(tensor.directions == 3);
  }
  const Switch broken(fake::break_gradient);
  const GradcheckResult wrong = check(Point(fake::model()), options);
  CHECK_FALSE(wrong.passed);
  CHECK_THAT(failure(wrong), Contains("the gradient of logits.bias differs from central differences, worst at [2]"));
}

TEST_CASE("the check runs on chosen rows, at chosen weights", "[gradcheck]") {
  GradcheckOptions options;
  options.rows = {17, 3, 3};
  const GradcheckResult some = check(Point(fake::model()), options);
  CHECK(some.passed);
  CHECK(some.tensors.back().elements == 3 * fake::inputs);
  const double initial = some.loss;
  options.rows = {30};
  CHECK_THROWS_WITH(check(Point(fake::model()), options), Contains("there is no row 30"));

  ProgramSource source(fake::model());
  CpuDevice device(1);
  const Point point(fake::model());
  ProgramRequest request;
  request.batch = 8;
  Instance instance(point, source.get(point, request), device);
  instance.initialize(9);
  const auto file = std::filesystem::temp_directory_path() / "ingot_gradcheck_test.safetensors";
  save_weights(file, instance);
  options.rows = {17, 3, 3};
  options.weights = file;
  const GradcheckResult there = check(point, options);
  CHECK(there.passed);
  CHECK(there.loss != initial);
  const std::uint32_t rows[] = {17, 3, 3};
  CHECK(gradcheck_at(source, instance, in_memory(fake::dataset(30, 4), rows), 1).loss == there.loss);
  std::filesystem::remove(file);
}

TEST_CASE("a loss that changes by itself voids the check", "[gradcheck]") {
  const Switch broken(fake::break_determinism);
  const GradcheckResult result = check(Point(fake::model()));
  CHECK_FALSE(result.passed);
  CHECK_THAT(result.problem, Contains("differs between two equal evaluations"));
}

TEST_CASE("rows without targets cannot be checked", "[gradcheck]") {
  ProgramSource source(fake::model());
  CpuDevice device(1);
  CHECK_THROWS_AS(gradcheck(source, Point(fake::model()), device, Dataset{}, 8), UserError);
}

TEST_CASE("numeric derivatives of smooth functions, and kinks", "[gradcheck]") {
  const auto smooth = numeric_derivative([](double d) { return std::sin(1 + d); }, std::sin(1.0), 1, 0.5);
  CHECK_FALSE(smooth.kink);
  CHECK(smooth.value == Approx(std::cos(1.0)).epsilon(1e-11));
  CHECK(numeric_derivative([](double d) { return std::abs(d - 3e-7) + d; }, 3e-7, 1, 1).kink);
  for (const double kink : {3e-4, 3e-6}) {
    const auto near = numeric_derivative([=](double d) { return std::abs(d - kink); }, kink, 1, 1);
    CHECK_FALSE(near.kink);
    CHECK(near.value == Approx(-1));
  }
  // at the point itself the central difference is the mean of both slopes, whatever the step
  CHECK(numeric_derivative([](double d) { return 2 * d * d + std::max(d, 0.0); }, 0, 1, 1).kink);
  CHECK(numeric_derivative([](double d) { return 3 + std::max(d, 0.001 * d); }, 3, 1, 1).kink);
  CHECK_FALSE(numeric_derivative([](double d) { return 3 + 1000 * d * d + d * d * d; }, 3, 1, 1).kink);
  CHECK(numeric_derivative([](double d) { return d < 0 ? 1.5 : 2.0; }, 2, 1, 0).jump);
  CHECK_FALSE(numeric_derivative([](double d) { return std::abs(d - 3e-7) + d; }, 3e-7, 1, 1).jump);
  const auto zero = numeric_derivative([](double) { return 2.5; }, 2.5, 1, 0);
  CHECK_FALSE(zero.kink);
  CHECK(zero.value == 0);
}

TEST_CASE("tolerances grow with the root of the length", "[gradcheck]") {
  CHECK(gradient_tolerance(INGOT_F32, 400) == Approx(2 * gradient_tolerance(INGOT_F32, 100)));
  CHECK(gradient_tolerance(INGOT_F64, 100) < 1e-12);
  CHECK(gradient_tolerance(INGOT_F32, 784) < 1e-4);
}
