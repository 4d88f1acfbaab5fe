// Typed views: config, tensors, parameters, layers.
#include "reference_models.hpp"

#include <catch2/catch.hpp>
#include <ingot/dsl/typed.hpp>

#include <vector>

using namespace reference;

namespace {

static_assert(std::is_same_v<input_of<fashion>, tensor<float, dyn, 28, 28>>);
static_assert(std::is_same_v<output_of<fashion>, tensor<float, dyn, 10>>);
static_assert(std::is_same_v<op_output<fashion, 2, double>, tensor<double, dyn, dyn>>, "units is searched");
static_assert(std::is_same_v<output_of<resnet>, tensor<float, dyn, 10>>);

// a condition that changes no extent leaves it a constant
constexpr auto steady =
    model(input(8) | dense(4) | when("d"_hp = flag, dropout(0.1)) | when("wide"_hp = flag, dense(6)) | dense(2, no_bias).as("out"), mse);
static_assert(std::is_same_v<op_output<steady, 2>, tensor<float, dyn, 4>>);
static_assert(std::is_same_v<op_output<steady, 3>, tensor<float, dyn, dyn>>);

template <fixed_string S>
using fashion_layer = std::remove_cvref_t<decltype(std::declval<params<fashion>&>()[layer_key<S>{}])>;
static_assert(std::is_same_v<decltype(fashion_layer<"hidden">::kernel), tensor<float, 784, dyn>>);
static_assert(std::is_same_v<decltype(fashion_layer<"hidden">::bias), tensor<float, dyn>>);
static_assert(std::is_same_v<decltype(fashion_layer<"logits">::bias), tensor<float, 10>>);

template <fixed_string S>
using resnet_layer = decltype(param_view<resnet, double>{}[layer_key<S>{}]);
static_assert(std::is_same_v<decltype(resnet_layer<"scores">::bias), tensor<double, 10>>);
static_assert(std::is_same_v<decltype(resnet_layer<"conv2d_1">::kernel), tensor<double, 3, 3, 3, dyn>>);
static_assert(std::is_same_v<decltype(resnet_layer<"batch_norm_1">::gamma), tensor<double, dyn>>);
template <class P>
concept has_bias = requires(const P& x) { x.bias; };
static_assert(!has_bias<decltype(param_view<steady>{}["out"_layer])> && has_bias<fashion_layer<"logits">>);
static_assert(std::is_same_v<decltype(param_view<steady>{}["dense_2"_layer].bias), tensor<float, 6>>, "its own width, not the joined one");

// parameters of every kind
constexpr auto kinds = model(input(8, 8, 4) | conv2d("f"_hp = range(4, 8, 4), window(3, 5), same, groups(2)).as("conv") |
                                 conv2d_transpose(6, 3, same).as("up") | depthwise_conv2d(3, multiplier(2)).as("depth") |
                                 batch_norm.as("bn") | batch_norm(no_scale).as("shift") | layer_norm(no_center).as("ln") | reshape(36, 12) |
                                 conv1d(5, 3, no_bias).as("line") | flatten | dense(1),
                             mse);
template <fixed_string S>
using kinds_layer = decltype(param_view<kinds>{}[layer_key<S>{}]);
static_assert(std::is_same_v<decltype(kinds_layer<"conv">::kernel), tensor<float, 3, 5, 2, dyn>>);
static_assert(std::is_same_v<decltype(kinds_layer<"up">::kernel), tensor<float, 3, 3, 6, dyn>>, "[height, width, filters, in]");
static_assert(std::is_same_v<decltype(kinds_layer<"up">::bias), tensor<float, 6>>);
static_assert(std::is_same_v<decltype(kinds_layer<"depth">::kernel), tensor<float, 3, 3, 6, 2>>);
static_assert(std::is_same_v<decltype(kinds_layer<"depth">::bias), tensor<float, 12>>);
static_assert(std::is_same_v<decltype(kinds_layer<"line">::kernel), tensor<float, 3, 12, 5>> && !has_bias<kinds_layer<"line">>);
template <class P>
concept has_gamma = requires(const P& x) { x.gamma; };
template <class P>
concept has_beta = requires(const P& x) { x.beta; };
template <class P>
concept has_moving = requires(const P& x) { x.moving_mean, x.moving_variance; };
static_assert(has_gamma<kinds_layer<"bn">> && has_beta<kinds_layer<"bn">> && has_moving<kinds_layer<"bn">>);
static_assert(!has_gamma<kinds_layer<"shift">> && has_beta<kinds_layer<"shift">> && has_moving<kinds_layer<"shift">>);
static_assert(has_gamma<kinds_layer<"ln">> && !has_beta<kinds_layer<"ln">> && !has_moving<kinds_layer<"ln">>);
static_assert(std::is_same_v<decltype(kinds_layer<"shift">::moving_mean), tensor<float, 12>>);
constexpr auto words = model(input(20) | embedding("v"_hp = range(10, 20), 6).as("table") | flatten | dense(1), mse);
static_assert(std::is_same_v<decltype(param_view<words>{}["table"_layer].table), tensor<float, dyn, 6>>);
static_assert(std::is_same_v<op_output<words, 1>, tensor<float, dyn, 20, 6>>);

static_assert(std::is_same_v<decltype(std::declval<config<fashion>&>()["units"_hp]), std::int64_t&>);
static_assert(std::is_same_v<decltype(std::declval<config<fashion>&>()["learning_rate"_hp]), double&>);
static_assert(std::is_same_v<decltype(std::declval<config<resnet>&>()["drop"_hp[std::integral_constant<int, 0>{}]]), bool&>);
static_assert(std::is_same_v<decltype(std::declval<config<resnet>&>()["act_1"_hp]), act&>);

}  // namespace

TEST_CASE("a config starts at the first point and is checked") {
  config<fashion> c;
  CHECK(c["units"_hp] == 32);
  CHECK(c["learning_rate"_hp] == 1e-2);
  c["units"_hp] = 64;
  const auto v = c.flat();
  CHECK(v[0] == 64);
  CHECK(!c.check());
  shape s[fashion.n_ops];
  CHECK(!infer(fashion.view(), v.data(), s));
  CHECK(s[2].d[0] == 64);
  c["units"_hp] = 65;
  CHECK(c.check().code == error::value_out_of_range);
}

TEST_CASE("a config takes flat values") {
  config<resnet> c;
  auto v = c.flat();
  v[static_cast<std::size_t>(find_hp(resnet.view(), "act_1"))] = static_cast<double>(act::gelu);
  c.assign(v.data());
  CHECK(c["act_1"_hp] == act::gelu);
  CHECK(c.flat() == v);
}

TEST_CASE("layers are traversed in order") {
  std::vector<std::string_view> names;
  std::vector<int> ranks;
  hana::for_each(layers<fashion>, [&](auto l) {
    names.push_back(l.name);
    ranks.push_back(decltype(l)::output::rank);
  });
  CHECK(names == std::vector<std::string_view>{"input", "flatten_1", "hidden", "logits"});
  CHECK(ranks == std::vector<int>{3, 2, 2, 2});
}
