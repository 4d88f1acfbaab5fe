#include "import/bind_expression.hpp"

#include "ir/error.hpp"

#include <vector>

namespace ingot::codegen {
namespace {

Op graph_op(expression_op k) {
  switch (k) {
    case expression_op::neg:
      return Op::neg;
    case expression_op::exp:
      return Op::exp;
    case expression_op::log:
      return Op::log;
    case expression_op::log1p:
      return Op::log1p;
    case expression_op::sqrt:
      return Op::sqrt;
    case expression_op::abs:
      return Op::abs;
    case expression_op::tanh:
      return Op::tanh;
    case expression_op::logistic:
      return Op::sigmoid;
    case expression_op::erf:
      return Op::erf;
    case expression_op::add:
      return Op::add;
    case expression_op::sub:
      return Op::sub;
    case expression_op::mul:
      return Op::mul;
    case expression_op::div:
      return Op::div;
    case expression_op::maximum:
      return Op::maximum;
    case expression_op::minimum:
      return Op::minimum;
    case expression_op::greater:
      return Op::greater;
    case expression_op::greater_equal:
      return Op::greater_equal;
    default:
      throw InternalError("bind: a step of a rule is not handled");
  }
}

}  // namespace

ValueId bind_expression(Builder& b, const expression_t& rule, std::span<const ValueId> arguments,
                        const std::function<ValueId(const num&)>& number) {
  const DType dtype = b.type(arguments.front()).dtype;
  std::vector<ValueId> values;
  for (int i = 0; i < rule.n_steps; ++i) {
    const expression_step s = step_at(rule, i);
    switch (operands(s.kind)) {
      case 0:
        values.push_back(s.kind == expression_op::argument   ? arguments[s.a]
                         : s.kind == expression_op::constant ? b.constant(rule.constant[s.a], dtype)
                                                             : number(rule.number[s.a]));
        break;
      case 1:
        values.push_back(b.unary(graph_op(s.kind), values[s.a]));
        break;
      case 2:
        values.push_back(b.binary(graph_op(s.kind), values[s.a], values[s.b]));
        break;
      default:
        values.push_back(b.select(values[s.a], values[s.b], values[s.c]));
    }
  }
  return values[rule.result];
}

}  // namespace ingot::codegen
