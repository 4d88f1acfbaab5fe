// Which hyper-parameters can influence which extent, and the check of which op: bit masks over the table of
// hyper-parameters. Used by the slices of the proof and by the typed views (an extent with an empty mask is a constant).
// The number of axes is static: a conditional part may not change it, which keeps every analysis simple.
#pragma once
#include <ingot/dsl/space.hpp>

namespace ingot {

using hp_mask = std::uint64_t;

/// What the extents of one op depend on, and how many there are.
struct dependence {
  hp_mask d[max_rank]{};
  std::int32_t rank = 0;
  hp_mask check = 0;       ///< the op's own check
  hp_mask activation = 0;  ///< which activation made its values
  [[nodiscard]] constexpr hp_mask all() const { return d[0] | d[1] | d[2] | d[3]; }
};

namespace detail {

constexpr hp_mask bit(int hp) { return hp < 0 ? 0 : hp_mask{1} << hp; }
constexpr hp_mask guard_mask(const definition_view& d, int guard) {
  hp_mask m = 0;
  for (; guard >= 0; guard = d.guards[guard].parent) m |= bit(d.guards[guard].hp);
  return m;
}

/// Extents and check of a window, both when the op is on.
constexpr void window_masks(const op& o, const dependence& in, dependence& r) {
  const int axes = window_axes(o.kind);
  for (int k = 0; k < axes; ++k) {
    const hp_mask own = bit(o.kernel[k].hp) | bit(o.stride[k].hp) | bit(o.dilation[k].hp);
    r.d[k] |= own;
    r.check |= own | in.d[k];
  }
  if (!is_convolution(o.kind)) return;
  const bool depthwise = o.kind == op_kind::depthwise_conv2d;
  const hp_mask from = in.d[axes], filters = bit(o.size[0].hp);
  r.d[axes] = depthwise ? from | filters : filters;
  r.check |= r.d[axes];
  if (!is_one(o.groups)) r.check |= bit(o.groups.hp) | from;
}

/// The op when it is on; `r` starts as a copy of the input's extents.
constexpr void op_masks(const op& o, const dependence* all, dependence& r) {
  const dependence& in = all[o.in[0]];
  const hp_mask own = bit(o.size[0].hp);
  switch (o.kind) {
    case op_kind::flatten:
      r = {};
      r.rank = 1;
      r.d[0] = r.check = in.all();
      break;
    case op_kind::reshape:
      r = {};
      r.rank = o.rank;
      r.check = in.all();
      for (int k = 0; k < o.rank; ++k) r.check |= r.d[k] = bit(o.size[k].hp);
      break;
    case op_kind::dense:
      r.d[in.rank - 1] = r.check = own;
      break;
    case op_kind::conv1d:
    case op_kind::conv2d:
    case op_kind::conv2d_transpose:
    case op_kind::depthwise_conv2d:
    case op_kind::max_pool:
    case op_kind::avg_pool:
      window_masks(o, in, r);
      break;
    case op_kind::zero_pad:
      for (int k = 0; k < 4; ++k) r.d[k / 2] |= bit(o.pad_size[k].hp);
      r.check = r.d[0] | r.d[1];
      break;
    case op_kind::upsample:
      for (int k = 0; k < 2; ++k) r.d[k] |= bit(o.factor[k].hp);
      r.check = r.d[0] | r.d[1];
      break;
    case op_kind::embedding:
      r = {};
      r.rank = 2;
      r.d[0] = in.d[0];
      r.d[1] = bit(o.size[1].hp);
      r.check = own | r.d[1];
      break;
    case op_kind::global_max_pool:
    case op_kind::global_avg_pool:
      r = {};
      r.rank = 1;
      r.d[0] = in.d[2];
      break;
    case op_kind::add:
      r.check = in.all() | all[o.in[1]].all();
      break;
    case op_kind::concat:
      r.check = in.all() | all[o.in[1]].all();
      if (in.rank > 0) r.d[in.rank - 1] |= all[o.in[1]].d[in.rank - 1];
      break;
    case op_kind::select:
      r = all[o.in[1]];
      break;
    default:
      break;
  }
  r.activation = bit(o.act_hp) | in.activation | (o.in[1] >= 0 ? all[o.in[1]].activation : 0);
  if (has_activation(o.kind)) r.activation = bit(o.act_hp);
}

/// Whether extent k of the output is that of the input, whatever the point.
constexpr bool keeps_axis(op_kind kind, int k, int rank) {
  switch (kind) {
    case op_kind::dropout:
    case op_kind::spatial_dropout:
    case op_kind::gaussian_noise:
    case op_kind::stochastic_depth:
    case op_kind::batch_norm:
    case op_kind::layer_norm:
    case op_kind::activation:
    case op_kind::tap:
    case op_kind::add:
      return true;
    case op_kind::dense:
    case op_kind::concat:
      return k + 1 < rank;
    default:
      return false;
  }
}

}  // namespace detail

/// out has n_ops entries. Returns error::rank_change where a conditional part changes the number of axes.
constexpr diag dependencies(const definition_view& d, dependence* out) {
  for (int i = 0; i < d.n_ops; ++i) {
    const op& o = d.ops[i];
    if (o.kind == op_kind::input) {
      out[i] = {};
      out[i].rank = o.rank;
      continue;
    }
    const dependence& in = out[o.in[0]];
    dependence r = in;
    r.check = 0;
    detail::op_masks(o, out, r);
    if (o.guard >= 0) {
      const hp_mask guard = detail::guard_mask(d, o.guard);
      if (r.rank != in.rank) return detail::at_op(d, i, error::rank_change, {}, {}, in.rank, r.rank);
      for (int k = 0; k < r.rank; ++k)
        if (!detail::keeps_axis(o.kind, k, r.rank)) r.d[k] |= in.d[k] | guard;
      r.check |= guard;
      r.activation |= in.activation | guard;
    }
    out[i] = r;
  }
  return {};
}

}  // namespace ingot
