// Every row of the op table has all that a row needs. (That each primitive op has an emit rule is checked beside the emitter.)
#include "codegen/support/random_graph.hpp"
#include "ir/op_info.hpp"

#include <catch2/catch.hpp>

#include <set>

using namespace ingot::codegen;

TEST_CASE("every op is found by its name", "[op_table]") {
  std::set<std::string_view> names;
  for (int i = 0; i < op_count; ++i) {
    const Op op = static_cast<Op>(i);
    INFO(op_name(op));
    CHECK(names.insert(op_name(op)).second);
    CHECK(find_op(op_name(op)) == op);
    CHECK((op_arity(op) >= 0 && op_arity(op) <= static_cast<int>(max_arity)));
    CHECK((op_arity(op) == 0) == (op_family(op) == Family::leaf));
  }
  CHECK_FALSE(find_op("no_such_op").has_value());
}

TEST_CASE("every op has a gradient rule or passes no gradient, and not both", "[op_table]") {
  for (int i = 0; i < op_count; ++i) {
    INFO(op_name(static_cast<Op>(i)));
    CHECK(has_gradient_rule(static_cast<Op>(i)) != not_differentiable(static_cast<Op>(i)));
    CHECK(has_interpreter(static_cast<Op>(i)));
  }
}

TEST_CASE("losses and composites are decomposed, leaves and machine ops are not", "[op_table]") {
  for (int i = 0; i < op_count; ++i) {
    const Op op = static_cast<Op>(i);
    if (op_family(op) == Family::loss) CHECK(is_decomposed(op));
    if (op_family(op) == Family::leaf || op_family(op) == Family::matmul || op_family(op) == Family::move) CHECK_FALSE(is_decomposed(op));
  }
  for (const Op op : {Op::relu, Op::leaky_relu, Op::elu, Op::gelu, Op::silu, Op::dropout, Op::softmax, Op::log_softmax})
    CHECK(is_decomposed(op));
  for (const Op op : {Op::sigmoid, Op::tanh, Op::erf, Op::row_max, Op::keep_mask}) CHECK_FALSE(is_decomposed(op));
}

TEST_CASE("dtypes have names and sizes", "[op_table]") {
  for (const DType t : {DType::f32, DType::f64, DType::f16, DType::bf16, DType::u8, DType::i32, DType::boolean})
    CHECK(find_dtype(dtype_name(t)) == t);
  CHECK(dtype_size(DType::f32) == 4);
  CHECK(dtype_size(DType::f64) == 8);
  CHECK(dtype_size(DType::u8) == 1);
}

TEST_CASE("the interpreter evaluates every op", "[op_table]") {
  std::set<Op> seen;
  for (std::uint64_t seed = 0; seed < 1000; ++seed) {
    const Graph g = ingot::test::RandomGraph(seed).run(80);
    const std::vector<Values> values = interpret_all(g, ingot::test::sample_inputs(g, 2, seed));
    for (ValueId v = 0; v < g.size(); ++v) {
      const Type& t = g.type(v);
      REQUIRE(values[static_cast<std::size_t>(v)].size() == static_cast<std::size_t>(t.rows * t.cols * (t.batched ? 2 : 1)));
      seen.insert(g.node(v).op);
    }
  }
  for (int i = 0; i < op_count; ++i) {
    INFO(op_name(static_cast<Op>(i)));
    CHECK(seen.count(static_cast<Op>(i)) == 1);
  }
}
