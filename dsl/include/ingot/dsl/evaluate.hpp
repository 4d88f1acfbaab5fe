// What the parts of a definition are worth at one point of its space: sizes, numbers, activations, conditions. `values`
// holds one double per hyper-parameter (booleans 0/1, activations as the number of `act`), as checked by check_values() of
// space.hpp; integers are exact.
#pragma once
#include <ingot/dsl/diag.hpp>

namespace ingot {

inline constexpr std::int64_t max_extent = 2147483647;

constexpr std::int64_t eval(const dim& d, const double* values) {
  return d.k + (d.hp < 0 ? 0 : static_cast<std::int64_t>(values[d.hp]) * d.mul / d.div);
}
constexpr double eval(const num& n, const double* values) { return n.hp < 0 ? n.k : values[n.hp]; }
/// The activation of an op at a point.
constexpr act activation_of(const op& o, const double* values) {
  return o.act_hp < 0 ? o.activation : static_cast<act>(static_cast<int>(values[o.act_hp]));
}
/// The parameter that an activation has when none is given (Keras: activations.py).
constexpr double default_alpha(act a) { return a == act::leaky_relu ? 0.2 : a == act::elu ? 1.0 : 0.0; }
/// leaky_relu's slope or elu's alpha of an op at a point; a chosen activation has its default.
constexpr double activation_alpha(const op& o, const double* values) {
  return o.act_hp >= 0 ? default_alpha(activation_of(o, values)) : eval(o.act_alpha, values);
}
/// Whether the guard and all its parents are on; guard < 0: always.
constexpr bool active(const definition_view& d, int guard, const double* values) {
  for (; guard >= 0; guard = d.guards[guard].parent) {
    const guard_t& g = d.guards[guard];
    if (g.eq >= 0 ? values[g.hp] != g.eq : values[g.hp] < g.ge) return false;
  }
  return true;
}
/// The op of output `k`.
constexpr int output_op(const definition_view& d, int k) { return d.recipe->output[k] < 0 ? d.n_ops - 1 : d.recipe->output[k]; }

constexpr bool is_convolution(op_kind k) {
  return k == op_kind::conv2d || k == op_kind::conv1d || k == op_kind::conv2d_transpose || k == op_kind::depthwise_conv2d;
}
/// Kinds whose kernel, or table, can be pruned. Depthwise kernels are small, and each of their columns is a channel by itself.
constexpr bool is_pruned_kind(op_kind k) {
  return k == op_kind::dense || k == op_kind::embedding || (is_convolution(k) && k != op_kind::depthwise_conv2d);
}
/// Kinds whose activation is their own; all others pass on what their input has, or have none.
constexpr bool has_activation(op_kind k) { return k == op_kind::dense || k == op_kind::activation || is_convolution(k); }

namespace detail {

constexpr diag at_op(const definition_view& d, int i, error e, shape a = {}, shape b = {}, double x = 0, double y = 0) {
  diag r;
  r.code = e;
  r.op = static_cast<std::int16_t>(i);
  r.line = d.ops[i].line;
  r.a = a;
  r.b = b;
  r.x = x;
  r.y = y;
  r.name = d.ops[i].name;
  return r;
}
constexpr shape input_shape(const op& o) { return {o.rank, {o.size[0].k, o.size[1].k, o.size[2].k, o.size[3].k}}; }
/// A product of extents; max_extent + 1 when it does not fit.
constexpr std::int64_t product(std::int64_t a, std::int64_t b) { return b != 0 && a > max_extent / b ? max_extent + 1 : a * b; }
constexpr std::int64_t product(const shape& s) {
  std::int64_t n = 1;
  for (int k = 0; k < s.rank; ++k) n = product(n, s.d[k]);
  return n;
}
/// A size that must be in 1 .. max_extent.
constexpr error size_error(std::int64_t v) { return v < 1 ? error::nonpositive : v > max_extent ? error::too_large : error::ok; }
/// The constant 1: an option that was not given.
constexpr bool is_one(const dim& x) { return x.hp < 0 && x.k == 1; }

}  // namespace detail
}  // namespace ingot
