// Networks without some of their filters against the declared ones in which these filters are zero: the same outputs.
#include "import/shrink.hpp"

#include "codegen/support/definition_builder.hpp"
#include "codegen/support/sample_values.hpp"
#include "import/build.hpp"
#include "ir/error.hpp"

#include <catch2/catch.hpp>

#include <cmath>

using namespace ingot;
using namespace ingot::codegen;
using namespace ingot::test;
using Catch::Matchers::Contains;

namespace {

int conv(DefinitionBuilder& b, op_kind kind, int filters, int kernel, std::string_view name) {
  const int i = b.other(kind, name);
  op& o = b.at(i);
  o.size[0].k = filters;
  for (int k = 0; k < 2; ++k) {
    o.kernel[k] = {kernel, 1, 1, -1};
    o.stride[k] = {1, 1, 1, -1};
  }
  o.pad = pad_kind::same;
  o.activation = act::relu;
  return i;
}

/// Convolution, normalization, depthwise and transposed convolution, a concatenation, then dense layers behind a flatten.
DefinitionBuilder network() {
  DefinitionBuilder b("net");
  b.input({4, 3, 2}, "image");
  const int first = conv(b, op_kind::conv2d, 5, 3, "first");
  b.other(op_kind::batch_norm, "norm");
  conv(b, op_kind::depthwise_conv2d, 2, 3, "depth");
  const int up = conv(b, op_kind::conv2d_transpose, 3, 1, "up");
  b.join(op_kind::concat, up, first, "both");
  conv(b, op_kind::conv2d, 4, 1, "second");
  b.flatten();
  b.dense(6, act::relu, "hidden");
  b.dense(3, act::linear, "scores");
  b.loss(loss_kind::mse);
  return b;
}

/// What is not selected of the tensors that make a filter's output is 0.
void zero_unselected(const StateInfo& s, const Selection& selection, Values& values) {
  for (std::size_t i = 0; i < values.size(); ++i) {
    const auto row = static_cast<std::uint32_t>(static_cast<std::int64_t>(i) / s.cols()),
               col = static_cast<std::uint32_t>(static_cast<std::int64_t>(i) % s.cols());
    const bool kept = std::binary_search(selection.rows.begin(), selection.rows.end(), row) &&
                      std::binary_search(selection.cols.begin(), selection.cols.end(), col);
    if (!kept) values[i] = s.name.ends_with(".moving_variance") ? 1 : 0;
  }
}

Values selected(const StateInfo& s, const Selection& selection, const Values& values) {
  Values left;
  for (const std::uint32_t r : selection.rows)
    for (const std::uint32_t c : selection.cols) left.push_back(values[static_cast<std::size_t>(r * s.cols() + c)]);
  return left;
}

void check_equal(const std::vector<Narrowed>& layers) {
  DefinitionBuilder b = network(), narrower = network();
  const Graph declared = build(b.view(), nullptr, Entry::predict, DType::f64);
  std::vector<op> ops(narrower.view().ops, narrower.view().ops + narrower.size());
  narrow(ops, b.view(), layers);
  for (int i = 0; i < narrower.size(); ++i) narrower.at(i) = ops[static_cast<std::size_t>(i)];
  const Graph smaller = build(narrower.view(), nullptr, Entry::predict, DType::f64);
  const std::vector<Selection> selections = select_states(b.view(), nullptr, layers, smaller);
  REQUIRE(selections.size() == declared.states.size());
  InterpreterInputs in = sample_inputs(declared, 3, 5), small = sample_inputs(smaller, 3, 5);
  for (std::size_t s = 0; s < selections.size(); ++s) {
    if (declared.states[s].name.ends_with("variance"))
      for (double& v : in.states[s]) v = 0.5 + std::abs(v);
    zero_unselected(declared.states[s], selections[s], in.states[s]);
    small.states[s] = selected(declared.states[s], selections[s], in.states[s]);
  }
  small.inputs = in.inputs;
  const Values want = interpret(declared, in).results[0], got = interpret(smaller, small).results[0];
  REQUIRE(got.size() == want.size());
  for (std::size_t i = 0; i < got.size(); ++i) CHECK(got[i] == Approx(want[i]).epsilon(1e-12).margin(1e-12));
  CHECK(norm(want) > 0);
}

std::string refusal(DefinitionBuilder& b, const std::vector<Narrowed>& layers) {
  try {
    std::vector<op> ops(b.view().ops, b.view().ops + b.size());
    narrow(ops, b.view(), layers);
    (void)select_states(b.view(), nullptr, layers, build(b.view(), nullptr, Entry::predict, DType::f64));
  } catch (const UserError& error) {
    return error.what();
  }
  return "";
}

}  // namespace

TEST_CASE("a network without filters equals the declared one with these at zero", "[shrink]") {
  check_equal({{"first", 2, {1, 4}}});
  check_equal({{"second", 3, {0, 1, 3}}});
  check_equal({{"hidden", 1, {5}}});
  check_equal({{"first", 3, {0, 2, 3}}, {"second", 1, {2}}, {"hidden", 4, {0, 1, 3, 4}}});
}

TEST_CASE("filters that others depend on are refused in one sentence", "[shrink]") {
  DefinitionBuilder sum("sum");
  sum.input({4}, "x");
  const int a = sum.dense(4, act::relu, "a");
  const int c = sum.dense(4, act::relu, "c");
  sum.join(op_kind::add, c, a, "both");
  sum.dense(2, act::linear, "scores");
  CHECK_THAT(refusal(sum, {{"c", 2, {0, 1}}}), Contains("both adds them to others; prune other layers"));
  CHECK_THAT(refusal(sum, {{"scores", 1, {0}}}), Contains("scores is an output of the model"));
  CHECK_THAT(refusal(sum, {{"d", 1, {0}}}), Contains("the model has no layer 'd'"));
  CHECK_THAT(refusal(sum, {{"both", 1, {0}}}), Contains("both is no dense layer, conv1d or conv2d"));
  CHECK_THAT(refusal(sum, {{"a", 0, {}}}), Contains("a would have 0 outputs"));
  DefinitionBuilder normalized("normalized");
  normalized.input({4}, "x");
  normalized.dense(4, act::relu, "a");
  normalized.other(op_kind::layer_norm, "norm");
  normalized.dense(2, act::linear, "scores");
  CHECK_THAT(refusal(normalized, {{"a", 2, {0, 1}}}), Contains("norm normalizes them with others"));
}
