// Binding a flat definition: tables, conditional parts, shapes, preprocessing, refusals.
#include "import/bind.hpp"

#include "codegen/support/definition_builder.hpp"
#include "codegen/support/sample_values.hpp"
#include "import/tables.hpp"
#include "ir/error.hpp"
#include "ir/verify.hpp"

#include <catch2/catch.hpp>

using namespace ingot;
using namespace ingot::codegen;
using ingot::test::DefinitionBuilder;

namespace {

Bound bind_all(const DefinitionBuilder& b, std::vector<double> values = {}, DType dtype = DType::f64) {
  Bound bound = bind(b.view(), values.data(), dtype, true, true);
  verify(bound.graph, Stage::built, "bind");
  return bound;
}

std::string states_of(const Graph& g) {
  std::string text;
  for (const StateInfo& s : g.states) {
    text += s.name + "[";
    for (std::size_t i = 0; i < s.dims.size(); ++i) text += (i == 0 ? "" : ",") + std::to_string(s.dims[i]);
    text += "] ";
  }
  return text;
}
std::string ops_of(const Graph& g) {
  std::string text;
  for (const Node& n : g.nodes)
    if (op_family(n.op) != Family::leaf) text += std::string(op_name(n.op)) + " ";
  return text;
}
std::string error_of(const DefinitionBuilder& b, std::vector<double> values = {}) {
  try {
    (void)bind(b.view(), values.data(), DType::f32, true, true);
  } catch (const UserError& e) {
    return e.what();
  }
  return "";
}

}  // namespace

TEST_CASE("states: parameters in layer order, then statistics, then slots", "[bind]") {
  DefinitionBuilder b = test::reference_mlp(5);
  b.recipe.standardize = true;
  CHECK(states_of(bind_all(b).graph) ==
        "hidden.kernel[784,5] hidden.bias[5] logits.kernel[5,10] logits.bias[10] image.mean[784] image.scale[784] "
        "hidden.kernel/adam.m[784,5] hidden.kernel/adam.v[784,5] hidden.bias/adam.m[5] hidden.bias/adam.v[5] "
        "logits.kernel/adam.m[5,10] logits.kernel/adam.v[5,10] logits.bias/adam.m[10] logits.bias/adam.v[10] ");
  b.recipe.optimizer = opt_kind::sgd;
  b.recipe.standardize = false;
  CHECK(states_of(bind_all(b).graph) == "hidden.kernel[784,5] hidden.bias[5] logits.kernel[5,10] logits.bias[10] ");
}

TEST_CASE("initializers follow the fans", "[bind]") {
  struct Row {
    init_kind kind;
    Init init;
    double value;
  };
  const double t = 0.87962566103423978;
  const Row rows[] = {{init_kind::glorot_uniform, Init::uniform, std::sqrt(6.0 / 20)},
                      {init_kind::he_uniform, Init::uniform, std::sqrt(6.0 / 12)},
                      {init_kind::lecun_uniform, Init::uniform, std::sqrt(3.0 / 12)},
                      {init_kind::glorot_normal, Init::truncated_normal, std::sqrt(2.0 / 20) / t},
                      {init_kind::he_normal, Init::truncated_normal, std::sqrt(2.0 / 12) / t},
                      {init_kind::lecun_normal, Init::truncated_normal, std::sqrt(1.0 / 12) / t},
                      {init_kind::zeros, Init::constant, 0},
                      {init_kind::ones, Init::constant, 1},
                      {init_kind::constant, Init::constant, 0.3},
                      {init_kind::random_normal, Init::normal, 0.3},
                      {init_kind::truncated_normal, Init::truncated_normal, 0.3},
                      {init_kind::random_uniform, Init::uniform, 0.3},
                      {init_kind::orthogonal, Init::orthogonal, 0.3}};
  for (const Row& row : rows) {
    DefinitionBuilder b;
    b.input({12});
    op& o = b.at(b.dense(8, act::linear, "d"));
    o.init = row.kind;
    o.init_value.k = 0.3;
    const Bound bound = bind_all(b);
    CHECK(bound.graph.states[0].init == row.init);
    CHECK(bound.graph.states[0].init_value == Approx(row.value));
    CHECK(bound.graph.states[1].init == Init::constant);
    CHECK(bound.graph.states[1].init_value == 0);
  }
}

TEST_CASE("fans of convolutions count the cells of the window", "[bind]") {
  DefinitionBuilder b;
  b.input({8, 8, 6});
  op& o = b.at(b.other(op_kind::conv2d, "conv"));
  for (int k = 0; k < 2; ++k) {
    o.kernel[k].k = 3 - k;
    o.stride[k].k = 1;
  }
  o.size[0].k = 4;
  o.groups.k = 2;
  CHECK(bind_all(b).graph.states[0].init_value == Approx(std::sqrt(6.0 / (6 * 3 + 6 * 4))));  // window 3 x 2, kernel [3, 2, 3, 4]
  b.at(1).kind = op_kind::depthwise_conv2d;
  CHECK(bind_all(b).graph.states[0].init_value == Approx(std::sqrt(6.0 / (6 * 6 + 6 * 4))));
  b.at(1).kind = op_kind::conv2d_transpose;  // Keras's kernel has the filters first
  CHECK(bind_all(b).graph.states[0].init_value == Approx(std::sqrt(6.0 / (6 * 4 + 6 * 6))));
}

TEST_CASE("a frozen layer has parameters without slots", "[bind]") {
  DefinitionBuilder b = test::reference_mlp(5);
  op& o = b.at(2);
  o.frozen = true;
  o.l2.k = o.bias_l1.k = 0.1;
  const Bound bound = bind_all(b);
  CHECK(states_of(bound.graph) ==
        "hidden.kernel[784,5] hidden.bias[5] logits.kernel[5,10] logits.bias[10] logits.kernel/adam.m[5,10] logits.kernel/adam.v[5,10] "
        "logits.bias/adam.m[10] logits.bias/adam.v[10] ");
  CHECK(bound.graph.states[0].role == Role::frozen);
  CHECK(bound.graph.states[1].role == Role::frozen);
  CHECK(bound.parameters == std::vector<std::int32_t>{2, 3});
  CHECK(bound.penalties.empty());
}

TEST_CASE("biases have initializers of their own", "[bind]") {
  DefinitionBuilder b;
  b.input({12});
  const int scale = b.hp("scale", hp_kind::real, 0, 1, true);
  op& o = b.at(b.dense(8, act::linear, "d"));
  o.bias_init = init_kind::random_normal;
  o.bias_init_value.hp = static_cast<std::int32_t>(scale);
  const Graph g = bind_all(b, {0.25}).graph;
  CHECK(g.states[0].init == Init::uniform);
  CHECK(g.states[1].init == Init::normal);
  CHECK(g.states[1].init_value == 0.25);
  o.bias_init = init_kind::glorot_uniform;  // both fans of one axis are its extent
  CHECK(bind_all(b, {0.25}).graph.states[1].init_value == Approx(std::sqrt(6.0 / 16)));
}

TEST_CASE("flatten and reshape cost nothing when rows stay whole", "[bind]") {
  CHECK(ops_of(bind_all(test::reference_mlp(5)).graph) == "mul matmul add relu matmul add ");
}

TEST_CASE("dense works on the last axis", "[bind]") {
  DefinitionBuilder b;
  b.input({6, 4});
  b.dense(3, act::softmax, "d");
  b.loss(loss_kind::sparse_categorical_crossentropy);
  const Bound bound = bind_all(b);
  CHECK(bound.graph.type(bound.outputs[0].value) == Type{DType::f64, true, 6, 3});
  CHECK(bound.graph.type(bound.outputs[0].target) == Type{DType::f64, true, 6, 1});
  CHECK(bound.graph.targets[0].dims == std::vector<std::int64_t>{6});
  CHECK(bound.graph.targets[0].dtype == DType::i32);
}

TEST_CASE("add, concat and reshape", "[bind]") {
  DefinitionBuilder b;
  const int x = b.input({8});
  const int r = b.reshape({2, 4});
  const int y = b.dense(4, act::relu, "y");
  const int sum = b.join(op_kind::add, r, y, "sum");
  b.join(op_kind::concat, sum, r, "both");
  (void)x;
  const Bound bound = bind_all(b);
  CHECK(bound.graph.type(bound.outputs[0].value) == Type{DType::f64, true, 2, 8});
}

TEST_CASE("a part that is off passes its input through and has no parameters", "[bind]") {
  DefinitionBuilder b;
  b.input({4});
  const int depth = b.hp("depth", hp_kind::integer, 0, 2, true);
  const int d1 = b.dense(4, act::relu, "one");
  b.at(d1).guard = static_cast<std::int16_t>(b.guard(depth, 1));
  const int d2 = b.dense(4, act::relu, "two");
  b.at(d2).guard = static_cast<std::int16_t>(b.guard(depth, 2));
  b.dense(2, act::linear, "out");
  CHECK(states_of(bind_all(b, {0}).graph) == "out.kernel[4,2] out.bias[2] ");
  CHECK(states_of(bind_all(b, {1}).graph) == "one.kernel[4,4] one.bias[4] out.kernel[4,2] out.bias[2] ");
  CHECK(ops_of(bind_all(b, {2}).graph) == "matmul add relu matmul add relu matmul add ");
}

TEST_CASE("select takes one branch; the other has no parameters", "[bind]") {
  DefinitionBuilder b;
  const int x = b.input({4});
  const int wide = b.hp("wide", hp_kind::boolean, 0, 1, true);
  const int a = b.dense(3, act::relu, "narrow");
  const int c = b.dense(3, act::tanh, "other");
  b.at(c).in[0] = static_cast<std::int16_t>(x);
  const int s = b.join(op_kind::select, a, c, "either");
  b.at(s).guard = static_cast<std::int16_t>(b.guard(wide, 1));
  CHECK(states_of(bind_all(b, {0}).graph) == "narrow.kernel[4,3] narrow.bias[3] ");
  CHECK(states_of(bind_all(b, {1}).graph) == "other.kernel[4,3] other.bias[3] ");
  CHECK(ops_of(bind_all(b, {1}).graph) == "matmul add tanh ");
}

TEST_CASE("numbers: structural ones are bound, the others become scalars", "[bind]") {
  DefinitionBuilder b;
  b.input({4});
  const int units = b.hp("units", hp_kind::integer, 1, 64, true);
  const int rate = b.hp("rate", hp_kind::real, 0, 0.9);
  const int unread = b.hp("learning_rate", hp_kind::real, 0, 1);
  b.recipe.learning_rate.hp = unread;
  const int d = b.dense(0, act::relu, "d");
  b.at(d).size[0].hp = units;
  b.at(b.dropout(0)).rate.hp = rate;
  hp_t& h = b.hp_at(units);
  h.step = 1;
  const Bound bound = bind_all(b, {7, 0.25, 0.1}, DType::f32);
  CHECK(bound.graph.states[0].dims == std::vector<std::int64_t>{4, 7});
  REQUIRE(bound.graph.scalars.size() == 5);  // rate, step, two of the seed, the dropout rate
  CHECK(bound.graph.scalars[0].kind == ScalarKind::rate);
  CHECK(bound.graph.scalars[4].name == "rate");
  CHECK(bound.graph.scalars[4].kind == ScalarKind::hp);
  CHECK(bound.graph.scalars[4].index == rate);
}

TEST_CASE("Adam's powers are scalars, of constants or hyper-parameters", "[bind]") {
  DefinitionBuilder b = test::reference_mlp(3);
  const int beta = b.hp("beta", hp_kind::real, 0, 1);
  b.recipe.beta2.hp = beta;
  const Bound bound = bind_all(b, {0.99});
  CHECK(bound.graph.scalars[4].kind == ScalarKind::power);
  CHECK(bound.graph.scalars[4].constant == 0.9);
  CHECK(bound.graph.scalars[4].index == -1);
  CHECK(bound.graph.scalars[5].index == beta);
}

TEST_CASE("a momentum that the schedule moves is a scalar, and so is its power", "[bind]") {
  DefinitionBuilder b = test::reference_mlp(3);
  b.recipe.schedule.kind = schedule_kind::one_cycle;
  const Bound moved = bind_all(b, {});
  CHECK(moved.graph.scalars[4].kind == ScalarKind::momentum_power);
  CHECK(moved.graph.scalars[5].kind == ScalarKind::power);
  CHECK(moved.graph.scalars[5].constant == 0.999);
  CHECK(moved.graph.scalars[6].kind == ScalarKind::momentum);
  b.recipe.schedule.hold_momentum = true;
  CHECK(find_scalar(bind_all(b, {}).graph, ScalarKind::momentum) == -1);
}

TEST_CASE("preprocessing: standardize, then rescale and offset", "[bind]") {
  DefinitionBuilder b;
  b.input({2});
  b.recipe.standardize = b.recipe.rescale_on = true;
  b.recipe.rescale.k = 3;
  b.recipe.offset.k = -1;
  b.activation(act::linear, "id");
  const Bound bound = bind_all(b);
  InterpreterInputs in = test::sample_inputs(bound.graph, 1, 1);
  in.inputs[0] = {10, 20};
  in.states = {{4, 10}, {0.5, 2}};
  CHECK(interpret_all(bound.graph, in)[static_cast<std::size_t>(bound.outputs[0].value)] == Values{8, 59});
  CHECK(bound.graph.inputs[0].dtype == DType::u8);
  CHECK(bound.graph.states[0].role == Role::statistic);
  CHECK(bound.graph.states[1].init_value == 1);
}

TEST_CASE("several inputs and outputs have their ports", "[bind]") {
  DefinitionBuilder b;
  const int x = b.input({3}, "left"), y = b.input({3}, "right");
  const int sum = b.join(op_kind::add, x, y, "sum");
  const int scores = b.dense(4, act::linear, "scores");
  const int value = b.dense(1, act::linear, "value");
  b.at(value).in[0] = static_cast<std::int16_t>(sum);
  b.recipe.n_outputs = 2;
  b.recipe.output[0] = static_cast<std::int16_t>(scores);
  b.recipe.output[1] = static_cast<std::int16_t>(value);
  b.loss(loss_kind::sparse_categorical_crossentropy, true, 0);
  b.loss(loss_kind::mse, false, 1);
  const Graph g = bind_all(b).graph;
  REQUIRE(g.inputs.size() == 2);
  CHECK(g.inputs[1].name == "right");
  CHECK(g.inputs[0].dtype == DType::f64);  // bytes only where the declaration scales them
  REQUIRE(g.targets.size() == 2);
  CHECK(g.targets[0].dims.empty());
  CHECK(g.targets[1].dtype == DType::f32);
  CHECK(g.outputs[0].name == "scores");
}

TEST_CASE("gaussian noise is added in training only", "[bind]") {
  DefinitionBuilder b;
  b.input({500});
  b.at(b.other(op_kind::gaussian_noise, "noise")).rate.k = 0.5;
  const Bound bound = bind_all(b);
  InterpreterInputs in = test::sample_inputs(bound.graph, 40, 1);
  in.inputs[0].assign(in.inputs[0].size(), 3);
  const Values y = interpret_all(bound.graph, in)[static_cast<std::size_t>(bound.outputs[0].value)];
  double sum = 0, square = 0, fourth = 0;
  for (const double v : y) {
    sum += v - 3;
    square += std::pow(v - 3, 2);
    fourth += std::pow(v - 3, 4);
  }
  const auto n = static_cast<double>(y.size());
  CHECK(std::abs(sum / n) < 0.015);
  CHECK(square / n == Approx(0.25).epsilon(0.04));
  CHECK(fourth / n == Approx(3 * 0.0625).epsilon(0.1));
  CHECK(ops_of(bind(b.view(), nullptr, DType::f64, false, false).graph).empty());
}

TEST_CASE("spatial dropout decides for whole channels of a sample", "[bind]") {
  for (const bool image : {true, false}) {
    DefinitionBuilder b;
    if (image)
      b.input({3, 4, 5});
    else
      b.input({12, 5});
    op& o = b.at(b.other(op_kind::spatial_dropout, "drop"));
    o.rate.k = 0.4;
    const Bound bound = bind_all(b);
    InterpreterInputs in = test::sample_inputs(bound.graph, 40, 1);
    in.inputs[0].assign(in.inputs[0].size(), 1);
    const Values y = interpret_all(bound.graph, in)[static_cast<std::size_t>(bound.outputs[0].value)];
    int kept = 0;
    for (std::size_t sample = 0; sample < 40; ++sample)
      for (std::size_t c = 0; c < 5; ++c) {
        const double first = y[sample * 60 + c];
        CHECK((first == 0 || first == Approx(1 / 0.6)));
        kept += first > 0 ? 1 : 0;
        for (std::size_t p = 1; p < 12; ++p) CHECK(y[sample * 60 + p * 5 + c] == first);
      }
    CHECK(std::abs(kept - 120) < 25);
    o.rate.k = 1;
    const Bound none = bind_all(b);
    const Values nothing = interpret_all(none.graph, in)[static_cast<std::size_t>(none.outputs[0].value)];
    for (const double v : nothing) CHECK(v == 0);
    CHECK(ops_of(bind(b.view(), nullptr, DType::f64, false, false).graph).find("keep_mask") == std::string::npos);
  }
}

TEST_CASE("stochastic depth decides for whole samples", "[bind]") {
  for (const bool image : {true, false}) {
    DefinitionBuilder b;
    if (image)
      b.input({3, 4, 5});
    else
      b.input({60});
    op& o = b.at(b.other(op_kind::stochastic_depth, "drop"));
    o.rate.k = 0.4;
    const Bound bound = bind_all(b);
    InterpreterInputs in = test::sample_inputs(bound.graph, 400, 1);
    const Values y = interpret_all(bound.graph, in)[static_cast<std::size_t>(bound.outputs[0].value)];
    REQUIRE(y.size() == 400 * 60);
    int kept = 0;
    for (std::size_t sample = 0; sample < 400; ++sample) {
      const bool keeps = y[sample * 60] != 0;
      kept += keeps ? 1 : 0;
      for (std::size_t i = sample * 60; i < (sample + 1) * 60; ++i) CHECK(y[i] == Approx(keeps ? in.inputs[0][i] / 0.6 : 0));
    }
    CHECK(std::abs(kept - 240) < 40);
    o.rate.k = 1;
    const Bound none = bind_all(b);
    const Values nothing = interpret_all(none.graph, in)[static_cast<std::size_t>(none.outputs[0].value)];
    for (const double v : nothing) CHECK(v == 0);
    CHECK(ops_of(bind(b.view(), nullptr, DType::f64, false, false).graph).find("keep_mask") == std::string::npos);
  }
}

TEST_CASE("an embedding takes the whole part of a number, and has zeros beyond its vocabulary", "[bind]") {
  DefinitionBuilder b;
  b.input({4});
  op& o = b.at(b.other(op_kind::embedding, "words"));
  o.size[0].k = 3;
  o.size[1].k = 2;
  const Bound bound = bind_all(b);
  CHECK(states_of(bound.graph) == "words.embeddings[3,2] ");
  InterpreterInputs in = test::sample_inputs(bound.graph, 1, 1);
  in.inputs[0] = {2, 0.75, 3, -1};
  in.states = {{1, 2, 3, 4, 5, 6}};
  CHECK(interpret_all(bound.graph, in)[static_cast<std::size_t>(bound.outputs[0].value)] == Values{5, 6, 1, 2, 0, 0, 0, 0});
}

TEST_CASE("values outside their ranges are refused by name", "[bind]") {
  DefinitionBuilder b;
  b.input({4});
  const int units = b.hp("units", hp_kind::integer, 1, 64, true);
  b.at(b.dense(0, act::relu, "d")).size[0].hp = units;
  CHECK(error_of(b, {65}).find("units") != std::string::npos);
  CHECK(error_of(b, {2.5}).find("units") != std::string::npos);
  CHECK(error_of(b, {64}).empty());
}

TEST_CASE("a chosen activation has its default slope", "[bind]") {
  DefinitionBuilder b;
  b.input({4});
  const int which = b.hp("which", hp_kind::choice_act, 0, 9, true);
  hp_t& h = b.hp_at(which);
  h.n = 2;
  h.v[0] = static_cast<double>(act::leaky_relu);
  h.v[1] = static_cast<double>(act::elu);
  b.at(b.dense(2, act::linear, "d")).act_hp = static_cast<std::int16_t>(which);
  for (int k = 0; k < 2; ++k) {
    const Bound bound = bind_all(b, {h.v[k]});
    const Node& n = bound.graph.node(bound.outputs[0].value);
    CHECK(n.op == (k == 0 ? Op::leaky_relu : Op::elu));
    CHECK(n.attr.value == (k == 0 ? 0.2 : 1.0));
  }
}
