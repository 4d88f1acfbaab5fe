// A scalar rule of the flat definition: the formula of a user's own activation or loss, as a list of steps.
//
// Step i reads only steps before it; `result` is a step that is no comparison. What a rule does not have stays 0, so equal rules have
// equal bytes. expression.hpp makes rules from C++ lambdas; the code generator turns each step into one op of its graph.
#pragma once
#include <ingot/dsl/flat_number.hpp>

namespace ingot {

enum class expression_op : std::uint8_t {
  argument,  ///< a: 0, of a loss the prediction; 1, its target
  constant,  ///< a: which
  number,    ///< a: which hyper-parameter
  neg,
  exp,
  log,
  log1p,
  sqrt,
  abs,
  tanh,
  logistic,  ///< 1 / (1 + exp(-x))
  erf,
  add,
  sub,
  mul,
  div,
  maximum,
  minimum,
  greater,        ///< a comparison; only select reads it
  greater_equal,  ///< the same
  select          ///< a ? b : c
};
inline constexpr expression_op last_expression_op = expression_op::select;

inline constexpr int max_steps = 32;  ///< of one rule
inline constexpr int max_rule_constants = 8;
inline constexpr int max_rule_numbers = 4;  ///< hyper-parameters

struct expression_step {
  expression_op kind{};
  std::uint8_t a = 0, b = 0, c = 0;
};

struct expression_t {
  std::uint8_t n_steps = 0;  ///< 0: no rule
  std::uint8_t n_constants = 0, n_numbers = 0, result = 0;
  std::uint32_t step[max_steps]{};  ///< packed: one number is copied faster than four while a model is compiled
  double constant[max_rule_constants]{};
  num number[max_rule_numbers]{};
};

constexpr std::uint32_t packed(const expression_step& s) {
  return std::uint32_t{static_cast<std::uint8_t>(s.kind)} | std::uint32_t{s.a} << 8 | std::uint32_t{s.b} << 16 | std::uint32_t{s.c} << 24;
}
constexpr expression_step step_at(const expression_t& e, int i) {
  const std::uint32_t s = e.step[i];
  return {static_cast<expression_op>(s & 0xffU), static_cast<std::uint8_t>(s >> 8 & 0xffU), static_cast<std::uint8_t>(s >> 16 & 0xffU),
          static_cast<std::uint8_t>(s >> 24)};
}
/// How many steps a step reads.
constexpr int operands(expression_op k) {
  if (k <= expression_op::number) return 0;
  if (k <= expression_op::erf) return 1;
  return k == expression_op::select ? 3 : 2;
}
constexpr bool is_comparison(expression_op k) { return k == expression_op::greater || k == expression_op::greater_equal; }

/// Whether an expression obeys the rules above; `arguments`: how many it may have.
constexpr bool well_formed(const expression_t& e, int arguments) {
  if (e.n_steps > max_steps || e.n_constants > max_rule_constants || e.n_numbers > max_rule_numbers) return false;
  for (int i = 0; i < e.n_steps; ++i) {
    const expression_step s = step_at(e, i);
    if (s.kind > last_expression_op) return false;
    const int limits[] = {arguments, e.n_constants, e.n_numbers};
    if (operands(s.kind) == 0 && s.a >= limits[static_cast<int>(s.kind)]) return false;
    const std::uint8_t read[] = {s.a, s.b, s.c};
    for (int k = 0; k < operands(s.kind); ++k) {
      if (read[k] >= i) return false;
      if (is_comparison(step_at(e, read[k]).kind) != (s.kind == expression_op::select && k == 0)) return false;
    }
  }
  return e.n_steps > 0 && e.result < e.n_steps && !is_comparison(step_at(e, e.result).kind);
}

}  // namespace ingot
