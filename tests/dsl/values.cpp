// Values given at run time: range checks and their sentences, initial values, activity.
#include "reference_models.hpp"

#include <catch2/catch.hpp>

#include <cmath>
#include <limits>
#include <string>
#include <vector>

using namespace reference;

namespace {

std::string said(const definition_view& d, const std::vector<double>& values) {
  const diag bad = check_values(d, values.data());
  return std::string(explain(bad, d, values.data()).view());
}
std::vector<double> first_point(const definition_view& d) {
  std::vector<double> v(static_cast<std::size_t>(d.n_hps));
  initial_values(d, v.data());
  return v;
}

constexpr auto kinds = model(input(4) | dense("n"_hp = range(2, 9, 3)) | dense("c"_hp = choice(3, 5), "a"_hp = choice(relu, gelu)) |
                                 when("f"_hp = flag, dropout("r"_hp = range(0.1, 0.5))) | dense(1),
                             mse, sgd("lr"_hp = choice(1e-2, 1e-7)));
INGOT_SOUND(kinds);
std::vector<double> with(std::string_view name, double v) {
  std::vector<double> values = first_point(kinds.view());
  values[static_cast<std::size_t>(find_hp(kinds.view(), name))] = v;
  return values;
}

}  // namespace

TEST_CASE("points of the space are accepted") {
  CHECK(said(kinds.view(), first_point(kinds.view())).empty());
  for (double n : {2.0, 5.0, 8.0}) CHECK(said(kinds.view(), with("n", n)).empty());
  for (double r : {0.1, 0.3, 0.5}) CHECK(said(kinds.view(), with("r", r)).empty());
  CHECK(said(kinds.view(), with("a", static_cast<double>(act::gelu))).empty());
  CHECK(said(kinds.view(), with("lr", 1e-7)).empty());
}

TEST_CASE("other values are refused with the values that are possible") {
  CHECK(said(kinds.view(), with("n", 3)) == "hyper-parameter n cannot be 3; its values are 2 .. 9 in steps of 3");
  CHECK(said(kinds.view(), with("n", 9)) == "hyper-parameter n cannot be 9; its values are 2 .. 9 in steps of 3");
  CHECK(said(kinds.view(), with("n", 2.5)) == "hyper-parameter n cannot be 2.5; its values are 2 .. 9 in steps of 3");
  CHECK(said(kinds.view(), with("c", 4)) == "hyper-parameter c cannot be 4; its values are one of 3, 5");
  CHECK(said(kinds.view(), with("a", static_cast<double>(act::silu))) ==
        "hyper-parameter a cannot be silu; its values are one of relu, gelu");
  CHECK(said(kinds.view(), with("a", 77)) == "hyper-parameter a cannot be 77; its values are one of relu, gelu");
  CHECK(said(kinds.view(), with("f", 2)) == "hyper-parameter f cannot be 2; its values are 0 or 1");
  CHECK(said(kinds.view(), with("r", 0.6)) == "hyper-parameter r cannot be 0.6; its values are 0.1 .. 0.5");
  CHECK(said(kinds.view(), with("lr", 1e-3)) == "hyper-parameter lr cannot be 0.001; its values are one of 0.01, 1e-7");
}

TEST_CASE("values that are no numbers are refused") {
  CHECK(said(kinds.view(), with("r", std::nan(""))) == "hyper-parameter r cannot be nan; its values are 0.1 .. 0.5");
  CHECK(said(kinds.view(), with("n", std::numeric_limits<double>::infinity())) ==
        "hyper-parameter n cannot be inf; its values are 2 .. 9 in steps of 3");
  CHECK(said(kinds.view(), with("n", -1e300)).substr(0, 28) == "hyper-parameter n cannot be ");
  CHECK(said(kinds.view(), with("a", std::nan(""))).substr(0, 31) == "hyper-parameter a cannot be nan");
  CHECK(said(kinds.view(), with("c", -std::numeric_limits<double>::infinity())).substr(0, 32) == "hyper-parameter c cannot be -inf");
}

TEST_CASE("a wrong size at run time is explained like one at compile time") {
  std::vector<double> v = first_point(fashion.view());
  v[0] = 0;
  shape s[fashion.n_ops];
  const diag bad = infer(fashion.view(), v.data(), s);
  const std::string text(explain(bad, fashion.view(), v.data()).view());
  CHECK(text.find("dense hidden (op 2, line ") == 0);
  CHECK(text.find("size is 0, want at least 1 [when units = 0, learning_rate = 0.01]") != std::string::npos);
}

TEST_CASE("guards tell what is active") {
  std::vector<double> v = first_point(resnet.view());
  const int depth = find_hp(resnet.view(), "layers"), second = find_hp(resnet.view(), "units_1");
  REQUIRE((depth >= 0 && second >= 0));
  const int guard = resnet.hps[second].guard;
  v[static_cast<std::size_t>(depth)] = 1;
  CHECK(!active(resnet.view(), guard, v.data()));
  v[static_cast<std::size_t>(depth)] = 2;
  CHECK(active(resnet.view(), guard, v.data()));
  CHECK(active(resnet.view(), -1, v.data()));
}

TEST_CASE("a chosen activation has its own default parameter") {
  op o = dense(3, "a"_hp = choice(leaky_relu, elu)).ops[0];
  const double leaky = static_cast<double>(act::leaky_relu), elu_value = static_cast<double>(act::elu);
  CHECK(activation_alpha(o, &leaky) == 0.2);
  CHECK(activation_alpha(o, &elu_value) == 1.0);
  o = dense(3, leaky_relu(0.3)).ops[0];
  CHECK(activation_alpha(o, nullptr) == 0.3);
}
