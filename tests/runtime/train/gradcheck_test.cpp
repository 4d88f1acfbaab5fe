#include "runtime/support/fake_data.hpp"

#include <ingot/runtime/data/error.hpp>
#include <ingot/runtime/train/gradcheck.hpp>

#include <catch2/catch.hpp>
#include <cmath>

#include "train/numeric_derivative.hpp"

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
  CHECK_THAT(result.tensors[3].verdict, Contains("index 2"));
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
  const auto smooth = numeric_derivative([](double d) { return std::sin(1 + d); }, 1, 1, 0.5);
  REQUIRE(smooth);
  CHECK(smooth->value == Approx(std::cos(1.0)).epsilon(1e-11));
  CHECK_FALSE(numeric_derivative([](double d) { return std::abs(d - 3e-7) + d; }, 1, 1, 1));
  for (const double kink : {3e-4, 3e-6}) {
    const auto near = numeric_derivative([=](double d) { return std::abs(d - kink); }, 1, 1, 1);
    REQUIRE(near);
    CHECK(near->value == Approx(-1));
  }
  const auto zero = numeric_derivative([](double) { return 2.5; }, 2.5, 1, 0);
  REQUIRE(zero);
  CHECK(zero->value == 0);
}

TEST_CASE("tolerances grow with the root of the length", "[gradcheck]") {
  CHECK(gradient_tolerance(INGOT_F32, 400) == Approx(2 * gradient_tolerance(INGOT_F32, 100)));
  CHECK(gradient_tolerance(INGOT_F64, 100) < 1e-12);
  CHECK(gradient_tolerance(INGOT_F32, 784) < 1e-4);
}
