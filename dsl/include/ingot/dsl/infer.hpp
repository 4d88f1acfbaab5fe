// Shape inference of a flat definition at one point of its space. One constexpr function, without templates and without
// allocation: the proof calls it at compile time, the code generator and the typed views at run time.
// `values` holds one double per hyper-parameter (booleans 0/1, activations as the number of `act`), as checked by
// check_values() of space.hpp; integers are exact.
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

/// Extent of a strided window over n cells (Keras: base_conv.py, operation_utils.py). n >= window for `valid`.
constexpr std::int64_t window_out(std::int64_t n, std::int64_t window, std::int64_t stride, pad_kind p) {
  return p == pad_kind::same ? (n + stride - 1) / stride : (n - window) / stride + 1;
}

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

constexpr diag infer_window(const definition_view& d, int i, const double* values, const shape& in, shape& out) {
  const op& o = d.ops[i];
  if (in.rank != 3) return at_op(d, i, error::rank, in);
  shape window{2, {}}, strides{2, {}};
  for (int k = 0; k < 2; ++k) {
    const std::int64_t w = eval(o.kernel[k], values), s = eval(o.stride[k], values);
    if (w > max_extent || s > max_extent) return at_op(d, i, error::too_large, in, {}, static_cast<double>(w > s ? w : s));
    window.d[k] = static_cast<std::int32_t>(w < 0 ? 0 : w);
    strides.d[k] = static_cast<std::int32_t>(s < 0 ? 0 : s);
  }
  if (window.d[0] < 1 || window.d[1] < 1 || strides.d[0] < 1 || strides.d[1] < 1) return at_op(d, i, error::bad_window, window, strides);
  if (o.pad == pad_kind::valid && (window.d[0] > in.d[0] || window.d[1] > in.d[1])) return at_op(d, i, error::window_too_large, in, window);
  out = in;
  for (int k = 0; k < 2; ++k) out.d[k] = static_cast<std::int32_t>(window_out(in.d[k], window.d[k], strides.d[k], o.pad));
  if (o.kind == op_kind::conv2d) {
    const std::int64_t c = eval(o.size[0], values);
    if (const error e = size_error(c); e != error::ok) return at_op(d, i, e, in, {}, static_cast<double>(c));
    out.d[2] = static_cast<std::int32_t>(c);
  }
  return {};
}

constexpr diag infer_reshape(const definition_view& d, int i, const double* values, const shape& in, shape& out) {
  const op& o = d.ops[i];
  shape to{o.rank, {}};
  for (int k = 0; k < o.rank; ++k) {
    const std::int64_t v = eval(o.size[k], values);
    if (const error e = size_error(v); e != error::ok) return at_op(d, i, e, in, {}, static_cast<double>(v));
    to.d[k] = static_cast<std::int32_t>(v);
  }
  if (product(to) != product(in)) return at_op(d, i, error::reshape_mismatch, in, to);
  out = to;
  return {};
}

constexpr diag infer_join(const definition_view& d, int i, const shape& a, const shape& b, shape& out) {
  if (d.ops[i].kind == op_kind::add) {
    if (!(a == b)) return at_op(d, i, error::add_mismatch, a, b);
    out = a;
    return {};
  }
  bool fits = a.rank == b.rank && a.rank > 0;
  for (int k = 0; fits && k + 1 < a.rank; ++k) fits = a.d[k] == b.d[k];
  if (!fits) return at_op(d, i, error::concat_mismatch, a, b);
  const std::int64_t sum = static_cast<std::int64_t>(a.d[a.rank - 1]) + b.d[a.rank - 1];
  if (sum > max_extent) return at_op(d, i, error::too_large, a, b, static_cast<double>(sum));
  out = a;
  out.d[a.rank - 1] = static_cast<std::int32_t>(sum);
  return {};
}

/// The shape of one active op that is no input.
constexpr diag infer_op(const definition_view& d, int i, const double* values, const shape* shapes, shape& out) {
  const op& o = d.ops[i];
  const shape& in = shapes[o.in[0]];
  switch (o.kind) {
    case op_kind::flatten: {
      const std::int64_t n = product(in);
      if (n > max_extent) return at_op(d, i, error::too_large, in, {}, static_cast<double>(n));
      out = shape{1, {static_cast<std::int32_t>(n)}};
      return {};
    }
    case op_kind::reshape:
      return infer_reshape(d, i, values, in, out);
    case op_kind::dense: {
      const std::int64_t units = eval(o.size[0], values);
      if (const error e = size_error(units); e != error::ok) return at_op(d, i, e, in, {}, static_cast<double>(units));
      out = in;
      out.d[in.rank - 1] = static_cast<std::int32_t>(units);
      return {};
    }
    case op_kind::conv2d:
    case op_kind::max_pool:
    case op_kind::avg_pool:
      return infer_window(d, i, values, in, out);
    case op_kind::global_avg_pool:
      if (in.rank != 3) return at_op(d, i, error::rank, in);
      out = shape{1, {in.d[2]}};
      return {};
    case op_kind::add:
    case op_kind::concat:
      return infer_join(d, i, in, shapes[o.in[1]], out);
    case op_kind::select:
      out = shapes[o.in[1]];
      return {};
    default:
      out = in;
      return {};
  }
}

constexpr bool is_elementwise(act a) { return a != act::softmax && a != act::log_softmax; }

/// The activation that made the values of op i at this point, seen through parts that are off, taps, and layers that
/// keep its range: means, reshapes, and for elementwise activations also joins side by side. act::linear: none.
constexpr act activation_behind(const definition_view& d, int i, const double* values) {
  for (;;) {
    const op& o = d.ops[i];
    if (o.kind == op_kind::input) return act::linear;
    if (!active(d, o.guard, values)) {
      i = o.in[0];
      continue;
    }
    switch (o.kind) {
      case op_kind::tap:
      case op_kind::avg_pool:
      case op_kind::global_avg_pool:
        i = o.in[0];
        break;
      case op_kind::select:
        i = o.in[1];
        break;
      case op_kind::flatten:
      case op_kind::reshape:
      case op_kind::max_pool: {
        const act a = activation_behind(d, o.in[0], values);
        return is_elementwise(a) ? a : act::linear;
      }
      case op_kind::concat: {
        const act a = activation_behind(d, o.in[0], values);
        return is_elementwise(a) && a == activation_behind(d, o.in[1], values) ? a : act::linear;
      }
      default:
        return activation_of(o, values);
    }
  }
}

/// Whether a loss can be computed from values with this activation.
constexpr bool loss_accepts(const loss_t& l, act a) {
  switch (l.kind) {
    case loss_kind::sparse_categorical_crossentropy:
    case loss_kind::categorical_crossentropy:
    case loss_kind::categorical_focal_crossentropy:
      return l.from_logits ? a != act::softmax && a != act::sigmoid : a == act::softmax;
    case loss_kind::binary_crossentropy:
    case loss_kind::binary_focal_crossentropy:
      return l.from_logits ? a != act::sigmoid && a != act::softmax && a != act::log_softmax : a == act::sigmoid;
    default:
      return true;
  }
}

/// Class weights are for one output that says one class for each row: their number is that of the classes.
constexpr diag check_class_weights(const definition_view& d, const shape& y) {
  const recipe_t& r = *d.recipe;
  if (r.n_class_weights == 0 && !r.balanced_class_weights) return {};
  const int at = output_op(d, 0);
  const std::int32_t width = y.d[y.rank - 1];
  const bool binary = is_binary(r.loss[0].kind) && width == 1;
  if (r.n_outputs != 1 || !(binary || is_categorical(r.loss[0].kind))) return at_op(d, at, error::class_weights_unfit, y);
  const std::int32_t classes = binary ? 2 : width;
  if (r.n_class_weights == 0 || r.n_class_weights == classes) return {};
  return at_op(d, at, error::class_weights_count, y, {}, classes, r.n_class_weights);
}

constexpr diag check_losses(const definition_view& d, const double* values, const shape* shapes) {
  for (int k = 0; k < d.recipe->n_outputs; ++k) {
    const loss_t& l = d.recipe->loss[k];
    const int at = output_op(d, k);
    const shape& y = shapes[at];
    const auto loss = static_cast<double>(static_cast<int>(l.kind));
    if (is_categorical(l.kind) && y.d[y.rank - 1] < 2) return at_op(d, at, error::loss_width, y, {}, loss, k);
    const act a = activation_behind(d, at, values);
    if (!loss_accepts(l, a)) return at_op(d, at, error::loss_activation, y, {}, static_cast<double>(static_cast<int>(a)), k);
  }
  return check_class_weights(d, shapes[output_op(d, 0)]);
}

}  // namespace detail

/// out[i] = output shape of op i (without the batch) at this point, for all ops, active or not; `out` has n_ops entries.
/// Returns the first violation, in the order of the ops, the losses last; then later entries of `out` are not written.
constexpr diag infer(const definition_view& d, const double* values, shape* out) {
  for (int i = 0; i < d.n_ops; ++i) {
    const op& o = d.ops[i];
    if (o.kind == op_kind::input) {
      out[i] = detail::input_shape(o);
    } else if (!active(d, o.guard, values)) {
      out[i] = out[o.in[0]];
    } else if (const diag bad = detail::infer_op(d, i, values, out, out[i])) {
      return bad;
    }
  }
  return detail::check_losses(d, values, out);
}

}  // namespace ingot
