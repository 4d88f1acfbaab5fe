// Your own scalar rules: elementwise([](auto x) { return x / (1 + exp(-x)); }) is an activation, as a layer or as an option of one, and
// loss_fn([](auto prediction, auto target) { ... }) (losses.hpp) a loss.
//
// The lambda is called once, while the model is compiled, with values that record what is done to them; the code generator
// differentiates and fuses the record like any built-in formula. It knows
//   + - * /, exp log log1p sqrt abs tanh logistic erf, max min, pow, < <= > >= in select(condition, a, b),
//   constants, and hyper-parameters as numbers, each where an argument or what came of one is its other operand: "beta"_hp * x.
// It captures nothing, has no `if` on its argument, and at most 32 steps, 8 constants and 4 hyper-parameters; equal steps count once. Both
// sides of a select are computed: what is not finite on one side makes the gradient so. At a kink the slope is that of the graph's ops:
// of abs 0, of max and min that of the second where both are equal.
#pragma once
#include <ingot/dsl/block.hpp>
#include <ingot/dsl/flat_expression.hpp>

namespace ingot {

namespace detail {

/// The record of a rule. Counts go on beyond the capacities, so that what is too large can be said.
struct tape {
  expression_t rule{};
  hp_t rows[max_rule_numbers]{};
  int steps = 0, constants = 0, numbers = 0;

  constexpr int push(expression_op kind, int a = 0, int b = 0, int c = 0) {
    const auto byte = [](int i) { return static_cast<std::uint8_t>(i); };
    const std::uint32_t step = packed({kind, byte(a), byte(b), byte(c)});
    for (int i = 0; i < steps && i < max_steps; ++i)
      if (rule.step[i] == step) return i;
    if (steps < max_steps) rule.step[steps] = step;
    return steps < 255 ? steps++ : 254;
  }
  constexpr int constant(double v) {
    int i = 0;
    while (i < constants && i < max_rule_constants && rule.constant[i] != v) ++i;
    if (i < max_rule_constants) rule.constant[i] = v;
    if (i == constants) ++constants;
    return push(expression_op::constant, i);
  }
  template <class T>
  constexpr int number(const T& hp) {
    hp_t row{};
    hp.put(row);
    int i = 0;
    while (i < numbers && i < max_rule_numbers && !(rows[i].name == row.name && row.kind == hp_kind::reference)) ++i;
    if (i == numbers && i < max_rule_numbers) rows[i] = row;
    if (i == numbers) ++numbers;
    return push(expression_op::number, i);
  }
};

}  // namespace detail

/// A number of a rule, not known yet.
class rule_value {
 public:
  constexpr rule_value(detail::tape& t, int step) : tape_(&t), step_(step) {}
  [[nodiscard]] constexpr detail::tape& tape() const { return *tape_; }
  [[nodiscard]] constexpr int step() const { return step_; }

 private:
  detail::tape* tape_;
  int step_;
};

/// A comparison of such numbers, for select.
class rule_condition {
 public:
  constexpr rule_condition(detail::tape& t, int step) : tape_(&t), step_(step) {}
  [[nodiscard]] constexpr detail::tape& tape() const { return *tape_; }
  [[nodiscard]] constexpr int step() const { return step_; }
  explicit operator bool() const = delete;  // a rule is recorded, not run: no if, ?:, && and ||, but select(condition, a, b)

 private:
  detail::tape* tape_;
  int step_;
};

/// What calls of functions come to that a rule does not know; the list of those it knows is above.
struct unknown_to_rules;

namespace detail {

template <class T>
concept rule_operand = std::same_as<T, rule_value> || num_arg<T>;
template <class A, class B>
concept rule_operands = rule_operand<A> && rule_operand<B> && (std::same_as<A, rule_value> || std::same_as<B, rule_value>);

constexpr tape& tape_of(rule_value x, const auto&) { return x.tape(); }
template <num_arg A>
constexpr tape& tape_of(const A&, rule_value x) {
  return x.tape();
}
constexpr int recorded(tape&, rule_value x) { return x.step(); }
template <num_arg T>
constexpr int recorded(tape& t, const T& x) {
  if constexpr (std::is_arithmetic_v<T>) {
    return t.constant(static_cast<double>(x));
  } else {
    return t.number(x);
  }
}
template <class R = rule_value, class A, class B>
constexpr R record(expression_op kind, const A& a, const B& b) {
  tape& t = tape_of(a, b);
  const int left = recorded(t, a);
  return {t, t.push(kind, left, recorded(t, b))};
}
constexpr rule_value record(expression_op kind, rule_value x) { return {x.tape(), x.tape().push(kind, x.step())}; }

}  // namespace detail

template <class A, class B>
  requires detail::rule_operands<A, B>
constexpr rule_value operator+(const A& a, const B& b) {
  return detail::record(expression_op::add, a, b);
}
template <class A, class B>
  requires detail::rule_operands<A, B>
constexpr rule_value operator-(const A& a, const B& b) {
  return detail::record(expression_op::sub, a, b);
}
template <class A, class B>
  requires detail::rule_operands<A, B>
constexpr rule_value operator*(const A& a, const B& b) {
  return detail::record(expression_op::mul, a, b);
}
template <class A, class B>
  requires detail::rule_operands<A, B>
constexpr rule_value operator/(const A& a, const B& b) {
  return detail::record(expression_op::div, a, b);
}
constexpr rule_value operator-(rule_value x) { return detail::record(expression_op::neg, x); }
constexpr rule_value operator+(rule_value x) { return x; }

template <class A, class B>
  requires detail::rule_operands<A, B>
constexpr rule_condition operator>(const A& a, const B& b) {
  return detail::record<rule_condition>(expression_op::greater, a, b);
}
template <class A, class B>
  requires detail::rule_operands<A, B>
constexpr rule_condition operator>=(const A& a, const B& b) {
  return detail::record<rule_condition>(expression_op::greater_equal, a, b);
}
template <class A, class B>
  requires detail::rule_operands<A, B>
constexpr rule_condition operator<(const A& a, const B& b) {
  return detail::record<rule_condition>(expression_op::greater, b, a);
}
template <class A, class B>
  requires detail::rule_operands<A, B>
constexpr rule_condition operator<=(const A& a, const B& b) {
  return detail::record<rule_condition>(expression_op::greater_equal, b, a);
}

constexpr rule_value exp(rule_value x) { return detail::record(expression_op::exp, x); }
constexpr rule_value log(rule_value x) { return detail::record(expression_op::log, x); }
constexpr rule_value log1p(rule_value x) { return detail::record(expression_op::log1p, x); }
constexpr rule_value sqrt(rule_value x) { return detail::record(expression_op::sqrt, x); }
constexpr rule_value abs(rule_value x) { return detail::record(expression_op::abs, x); }
constexpr rule_value tanh(rule_value x) { return detail::record(expression_op::tanh, x); }
/// 1 / (1 + exp(-x)), without overflow; `sigmoid` is the activation.
constexpr rule_value logistic(rule_value x) { return detail::record(expression_op::logistic, x); }
constexpr rule_value erf(rule_value x) { return detail::record(expression_op::erf, x); }

template <class A, class B>
  requires detail::rule_operands<A, B>
constexpr rule_value max(const A& a, const B& b) {
  return detail::record(expression_op::maximum, a, b);
}
template <class A, class B>
  requires detail::rule_operands<A, B>
constexpr rule_value min(const A& a, const B& b) {
  return detail::record(expression_op::minimum, a, b);
}
/// condition ? a : b, element by element.
template <detail::rule_operand A, detail::rule_operand B>
constexpr rule_value select(rule_condition condition, const A& a, const B& b) {
  detail::tape& t = condition.tape();
  const int left = detail::recorded(t, a);
  return {t, t.push(expression_op::select, condition.step(), left, detail::recorded(t, b))};
}

/// x to a constant power: products for whole exponents up to 16, a root for 0.5; for others, and for exponents that are not known,
/// exp(y log x), whose base must be positive.
template <class A, class B>
  requires detail::rule_operands<A, B>
constexpr rule_value pow(const A& x, const B& y) {
  if constexpr (std::is_arithmetic_v<B>) {
    const auto power = static_cast<double>(y);
    if (power == 0.5) return sqrt(x);
    if (power < 0) return 1 / pow(x, -power);
    if (power <= 16 && power == static_cast<int>(power)) {
      const int n = static_cast<int>(power);
      if (n == 0) return x * 0.0 + 1.0;
      if (n == 1) return x;
      const rule_value half = pow(x, n / 2);
      return n % 2 == 0 ? half * half : half * half * x;
    }
  }
  detail::tape& t = detail::tape_of(x, y);
  return exp(y * log(rule_value(t, detail::recorded(t, x))));
}

unknown_to_rules sin(rule_value) = delete;
unknown_to_rules cos(rule_value) = delete;
unknown_to_rules tan(rule_value) = delete;
unknown_to_rules asin(rule_value) = delete;
unknown_to_rules acos(rule_value) = delete;
unknown_to_rules atan(rule_value) = delete;
unknown_to_rules sinh(rule_value) = delete;
unknown_to_rules cosh(rule_value) = delete;
unknown_to_rules floor(rule_value) = delete;
unknown_to_rules ceil(rule_value) = delete;
unknown_to_rules round(rule_value) = delete;
unknown_to_rules cbrt(rule_value) = delete;

namespace detail {

/// The rule F with 1 or 2 arguments.
template <class F, int Arguments>
constexpr auto called(tape& t) {
  const rule_value x{t, t.push(expression_op::argument, 0)};
  if constexpr (Arguments == 1) {
    return F{}(x);
  } else {
    const rule_value y{t, t.push(expression_op::argument, 1)};
    return F{}(x, y);
  }
}
template <class F, int Arguments>
consteval tape record_rule() {
  tape t;
  const rule_value result = called<F, Arguments>(t);
  t.rule.n_steps = static_cast<std::uint8_t>(t.steps);
  t.rule.n_constants = static_cast<std::uint8_t>(t.constants);
  t.rule.n_numbers = static_cast<std::uint8_t>(t.numbers);
  t.rule.result = static_cast<std::uint8_t>(result.step());
  return t;
}

/// The record of F, or an empty one with an error that says why it is none.
template <class F, int Arguments>
consteval tape rule_of() {
  constexpr bool plain = std::is_empty_v<F> && std::is_default_constructible_v<F>;
  static_assert(plain, "a rule captures nothing: write numbers into it, and hyper-parameters by name");
  if constexpr (plain) {
    constexpr bool value = std::is_same_v<decltype(called<F, Arguments>(std::declval<tape&>())), rule_value>;
    static_assert(value, "a rule returns an expression of its arguments, not a constant and not a comparison");
    if constexpr (value) {
      constexpr tape t = record_rule<F, Arguments>();
      static_assert(t.steps <= max_steps, "a rule has more than 32 steps: split it into several layers");
      static_assert(t.constants <= max_rule_constants, "a rule has more than 8 constants");
      static_assert(t.numbers <= max_rule_numbers, "a rule has more than 4 hyper-parameters");
      if constexpr (t.steps <= max_steps && t.constants <= max_rule_constants && t.numbers <= max_rule_numbers) return t;
    }
  }
  return tape{};
}
template <class F, int Arguments>
inline constexpr tape traced = rule_of<F, Arguments>();

/// Copies a rule into the definition; its hyper-parameters become rows.
constexpr void put_rule(expression_t& rule, const tape& t, row_sink& sink) {
  rule = t.rule;
  for (int i = 0; i < t.numbers; ++i) {
    sink.rows[sink.n] = t.rows[i];
    rule.number[i].hp = sink.n++;
  }
}

}  // namespace detail

/// An activation of one's own: a layer by itself, or an option of dense and the convolutions.
template <class F>
struct elementwise : block<1, detail::traced<F, 1>.numbers> {
  static constexpr int rows = detail::traced<F, 1>.numbers;
  static constexpr bool is_rule = true;
  constexpr explicit elementwise(F, where w = where::current()) {
    op& o = this->ops[0];
    o.kind = op_kind::activation;
    o.line = detail::line_of(w);
    detail::row_sink sink{this->hps};
    put(o, sink);
  }
  /// Makes it the activation of `o`.
  constexpr void put(op& o, detail::row_sink& sink) const {
    o.activation = act::own;
    detail::put_rule(o.rule, detail::traced<F, 1>, sink);
  }
};

}  // namespace ingot
