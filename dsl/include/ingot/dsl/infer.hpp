// Shape inference of a flat definition at one point of its space. One constexpr function, without templates and without
// allocation: the proof calls it at compile time, the code generator and the typed views at run time.
#pragma once
#include <ingot/dsl/infer_window.hpp>

namespace ingot {

namespace detail {

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

/// Whether what op i reads is an input of the model, seen through from(name).
constexpr bool reads_input(const definition_view& d, int i) {
  int from = d.ops[i].in[0];
  while (d.ops[from].kind == op_kind::tap && d.ops[from].guard < 0) from = d.ops[from].in[0];
  return d.ops[from].kind == op_kind::input;
}

constexpr diag infer_embedding(const definition_view& d, int i, const double* values, const shape& in, shape& out) {
  const op& o = d.ops[i];
  if (in.rank != 1) return at_op(d, i, error::rank, in);
  if (!reads_input(d, i)) return at_op(d, i, error::embedding_input, in);
  for (int k = 0; k < 2; ++k) {
    const std::int64_t v = eval(o.size[k], values);
    if (const error e = size_error(v); e != error::ok) return at_op(d, i, e, in, {}, static_cast<double>(v));
  }
  out = shape{2, {in.d[0], static_cast<std::int32_t>(eval(o.size[1], values))}};
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
    case op_kind::conv1d:
    case op_kind::conv2d:
    case op_kind::conv2d_transpose:
    case op_kind::depthwise_conv2d:
    case op_kind::max_pool:
    case op_kind::avg_pool:
      return infer_window(d, i, values, in, out);
    case op_kind::zero_pad:
      return infer_zero_pad(d, i, values, in, out);
    case op_kind::upsample:
      return infer_upsample(d, i, values, in, out);
    case op_kind::embedding:
      return infer_embedding(d, i, values, in, out);
    case op_kind::spatial_dropout:
      out = in;
      return in.rank == 2 || in.rank == 3 ? diag{} : at_op(d, i, error::rank, in);
    case op_kind::global_max_pool:
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
      case op_kind::upsample:
        i = o.in[0];
        break;
      case op_kind::select:
        i = o.in[1];
        break;
      case op_kind::flatten:
      case op_kind::reshape:
      case op_kind::global_max_pool:
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
      return l.from_logits ? a != act::softmax && a != act::sigmoid && a != act::hard_sigmoid : a == act::softmax;
    case loss_kind::binary_crossentropy:
    case loss_kind::binary_focal_crossentropy:
      if (!l.from_logits) return a == act::sigmoid || a == act::hard_sigmoid;
      return a != act::sigmoid && a != act::hard_sigmoid && a != act::softmax && a != act::log_softmax;
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
