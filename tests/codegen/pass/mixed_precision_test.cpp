// Where the casts go: categories on small graphs as text, and what holds for whole random networks.
#include "pass/mixed_precision.hpp"

#include "codegen/support/definition_builder.hpp"
#include "codegen/support/random_program.hpp"
#include "import/build.hpp"
#include "ir/op_info.hpp"
#include "ir/parse.hpp"
#include "ir/print.hpp"
#include "ir/verify.hpp"

#include <catch2/catch.hpp>

using namespace ingot;
using namespace ingot::codegen;
using namespace ingot::test;

namespace {

const char* const head =
    "graph \"g\" f32 low=bf16\n"
    "input \"x\" f32 [4]\n"
    "state 0 \"a\" f32 [4,4] parameter constant 0\n"
    "state 1 \"b\" f32 [4,4] parameter constant 0\n";

std::string placed(const std::string& body) {
  Graph g = parse_graph(head + body + "end\n");
  verify(g, Stage::primitive, "test");
  CHECK(mixed_precision(g));
  verify(g, Stage::primitive, "mixed_precision");
  const std::string text = print(g);
  return text.substr(text.find("%0"), text.size() - text.find("%0") - 4);
}

DefinitionBuilder mixed(DefinitionBuilder b, precision_kind kind = precision_kind::bf16) {
  b.recipe.craft.precision.compute = kind;
  return b;
}

}  // namespace

TEST_CASE("a hidden product takes rounded operands, the last one does not", "[mixed_precision]") {
  CHECK(placed("%0 = input : f32[B,4]\n"
               "%1 = state : f32[4,4]\n"
               "%2 = matmul %0 %1 : f32[B,4]\n"
               "%3 = tanh %2 : f32[B,4]\n"
               "%4 = state index=1 : f32[4,4]\n"
               "%5 = matmul %3 %4 : f32[B,4]\n"
               "result 0 %5 \"y\"\n") ==
        "%0 = input : f32[B,4]\n"
        "%1 = cast %0 : bf16[B,4]\n"
        "%2 = state : f32[4,4]\n"
        "%3 = cast %2 : bf16[4,4]\n"
        "%4 = matmul %1 %3 : f32[B,4]\n"
        "%5 = tanh %4 : f32[B,4]\n"
        "%6 = state index=1 : f32[4,4]\n"
        "%7 = matmul %5 %6 : f32[B,4]\n"
        "result 0 %7 \"y\"\n");
}

TEST_CASE("what several ops read of a product is rounded once, behind the elementwise work; sums are f32", "[mixed_precision]") {
  CHECK(placed("%0 = input : f32[B,4]\n"
               "%1 = state : f32[4,4]\n"
               "%2 = matmul %0 %1 : f32[B,4]\n"
               "%3 = abs %2 : f32[B,4]\n"
               "%4 = row_sum %3 : f32[B,1]\n"
               "%5 = div %3 %4 : f32[B,4]\n"
               "%6 = state index=1 : f32[4,4]\n"
               "%7 = matmul %5 %6 : f32[B,4]\n"
               "result 0 %7 \"y\"\n") ==
        "%0 = input : f32[B,4]\n"
        "%1 = cast %0 : bf16[B,4]\n"
        "%2 = state : f32[4,4]\n"
        "%3 = cast %2 : bf16[4,4]\n"
        "%4 = matmul %1 %3 : f32[B,4]\n"
        "%5 = abs %4 : f32[B,4]\n"
        "%6 = cast %5 : bf16[B,4]\n"
        "%7 = cast %6 : f32[B,4]\n"
        "%8 = row_sum %7 : f32[B,1]\n"
        "%9 = div %7 %8 : f32[B,4]\n"
        "%10 = state index=1 : f32[4,4]\n"
        "%11 = matmul %9 %10 : f32[B,4]\n"
        "result 0 %11 \"y\"\n");
}

TEST_CASE("moves are made in the low dtype, and one cast serves all products", "[mixed_precision]") {
  const std::string text = placed(
      "%0 = input : f32[B,4]\n"
      "%1 = reshape %0 : f32[B*4,1]\n"
      "%2 = reshape %1 : f32[B*2,2]\n"
      "%3 = reshape %2 : f32[B,4]\n"
      "%4 = state : f32[4,4]\n"
      "%5 = matmul %3 %4 : f32[B,4]\n"
      "%6 = matmul %3 %4 transpose_b : f32[B,4]\n"
      "%7 = add %5 %6 : f32[B,4]\n"
      "%8 = matmul %7 %4 : f32[B,4]\n"
      "result 0 %8 \"y\"\n");
  CHECK(text.find("reshape %1 : bf16[B*4,1]") != std::string::npos);
  CHECK(text.find("cast %0 : bf16[B,4]") != std::string::npos);
  std::size_t casts = 0;
  for (std::size_t at = text.find(" cast "); at != std::string::npos; at = text.find(" cast ", at + 1)) ++casts;
  CHECK(casts == 2);  // the input and the state; the last product reads the sum as it is
}

TEST_CASE("a graph without a low dtype stays", "[mixed_precision]") {
  Graph g = parse_graph("graph \"g\" f32\n%0 = rows : f64[1,1]\nresult 0 %0 \"r\"\nend\n");
  CHECK_FALSE(mixed_precision(g));
}

TEST_CASE("the reference network multiplies in its hidden layers only", "[mixed_precision]") {
  DefinitionBuilder b("deep");
  b.input({20}, "x");
  b.dense(24, act::relu, "one");
  b.dense(28, act::relu, "two");
  b.dense(5, act::linear, "logits");
  b.loss(loss_kind::sparse_categorical_crossentropy, true);
  b.optimizer(opt_kind::adam);
  const Graph g = build(mixed(b).view(), nullptr, Entry::train, DType::f32);
  int low = 0, exact = 0;
  for (const Node& n : g.nodes) {
    if (n.op != Op::matmul) continue;
    const bool is = is_low(g.type(n.in[0]).dtype);
    (is ? low : exact) += 1;
    INFO(n.name);
    CHECK(is != (n.name.rfind("logits", 0) == 0));
  }
  CHECK(low == 5);    // forward and weight gradient of two layers, one input gradient
  CHECK(exact == 3);  // the last layer
}

TEST_CASE("the gradient of a maximum looks for it among values that are rounded as it is", "[mixed_precision]") {
  DefinitionBuilder b("pooled");
  b.input({8, 8, 2}, "x");
  for (const op_kind kind : {op_kind::conv2d, op_kind::batch_norm, op_kind::max_pool}) {  // the sums of a normalization read f32
    op& o = b.at(b.other(kind, kind_name(kind)));
    if (kind == op_kind::batch_norm) continue;
    for (int k = 0; k < 2; ++k) {
      o.kernel[k].k = 2;
      o.stride[k].k = kind == op_kind::max_pool ? 2 : 1;
    }
    if (kind == op_kind::conv2d) o.size[0].k = 4;
  }
  b.flatten();
  b.dense(6, act::relu, "hidden");
  b.dense(3, act::linear, "logits");
  b.loss(loss_kind::sparse_categorical_crossentropy, true);
  b.optimizer(opt_kind::adam);
  const Graph g = build(mixed(b, precision_kind::f16).view(), nullptr, Entry::train, DType::f32);
  const auto before_casts = [&](ValueId v) {
    while (g.node(v).op == Op::cast && is_low(g.type(g.node(v).in[0]).dtype)) v = g.node(v).in[0];
    return v;
  };
  int gradients = 0;
  for (const Node& n : g.nodes) {
    if (n.op != Op::max_pool_gradient) continue;
    ++gradients;
    const Node& maximum = g.node(before_casts(n.in[1]));
    REQUIRE(maximum.op == Op::max_pool);
    CHECK(before_casts(n.in[0]) == before_casts(maximum.in[0]));
  }
  CHECK(gradients == 1);
}

TEST_CASE("losses, metrics, states and updates stay f32 in random networks", "[mixed_precision][fuzz]") {
  for (std::uint64_t seed = 0; seed < 80; ++seed) {
    RandomProgram random(seed);
    const DefinitionBuilder b = mixed(random.definition(), seed % 2 == 0 ? precision_kind::bf16 : precision_kind::f16);
    for (const Entry e : {Entry::train, Entry::evaluate, Entry::predict, Entry::gradient}) {
      INFO("seed " << seed);
      const Graph g = build(b.view(), nullptr, e, DType::f32);
      for (const StateInfo& s : g.states) REQUIRE(s.dtype == DType::f32);
      for (const Result& r : g.results) REQUIRE(g.type(r.value).dtype == DType::f32);
      for (const Node& n : g.nodes)
        if (is_low(n.type.dtype)) {
          const Family f = op_family(n.op);
          REQUIRE((n.op == Op::cast || f == Family::move || n.op == Op::max_pool || n.op == Op::max_pool_gradient));
        }
    }
    const Graph exact = build(b.view(), nullptr, Entry::train, DType::f64);
    for (const Node& n : exact.nodes) REQUIRE_FALSE(is_low(n.type.dtype));
  }
}
