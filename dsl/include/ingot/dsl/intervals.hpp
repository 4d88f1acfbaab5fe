// First tier of the proof: one pass over the ops in which an extent is an interval with a key (interval.hpp).
// An op that cannot be shown is left to the second tier (slices.hpp); what follows it is computed under the assumption
// that it is valid, which holds at every point where it is the later op that fails first.
#pragma once
#include <ingot/dsl/interval_window.hpp>

namespace ingot::detail {

constexpr diag interval_join(const definition_view& d, int i, const interval_shape& a, const interval_shape& b, interval_shape& r) {
  const bool adds = d.ops[i].kind == op_kind::add;
  bool equal = a.rank == b.rank && a.rank > 0;
  for (int k = 0; equal && k < a.rank - (adds ? 0 : 1); ++k) equal = a.d[k].key == b.d[k].key;
  diag bad;
  if (!equal) bad = at_op(d, i, adds ? error::add_mismatch : error::concat_mismatch, low(a), high(b));
  if (adds || a.rank == 0 || a.rank != b.rank) return bad;
  const interval &x = a.d[a.rank - 1], &y = b.d[a.rank - 1];
  interval sum = spanning(x.lo + y.lo, x.hi + y.hi, mix(mix(x.key, y.key), 9));
  if (sum.hi > max_extent) {
    if (!bad) bad = at_op(d, i, error::too_large, low(a), low(b), static_cast<double>(sum.hi));
    sum = {sum.lo > max_extent ? max_extent : sum.lo, max_extent, sum.key};
  }
  r.d[a.rank - 1] = sum;
  return bad;
}

constexpr diag interval_reshape(const definition_view& d, int i, const interval_shape& in, interval_shape& r) {
  const op& o = d.ops[i];
  r = {};
  r.rank = o.rank;
  error e = error::ok;
  double value = 0;
  for (int k = 0; k < o.rank; ++k) r.d[k] = valid_size(range_of(d, o.size[k]), e, value);
  if (e != error::ok) return at_op(d, i, e, low(in), {}, value);
  const interval have = interval_product(in), want = interval_product(r);
  return have.hi <= max_extent && have.key == want.key ? diag{} : at_op(d, i, error::reshape_mismatch, low(in), low(r));
}

constexpr diag interval_embedding(const definition_view& d, int i, const interval_shape& in, interval_shape& r) {
  const op& o = d.ops[i];
  if (in.rank != 1) return at_op(d, i, error::rank, low(in));
  error e = error::ok;
  double value = 0;
  valid_size(range_of(d, o.size[0]), e, value);
  const interval width = valid_size(range_of(d, o.size[1]), e, value), steps = in.d[0];
  r = {};
  r.rank = 2;
  r.d[0] = steps;
  r.d[1] = width;
  if (!reads_input(d, i)) return at_op(d, i, error::embedding_input, low(in));
  return e == error::ok ? diag{} : at_op(d, i, e, low(in), {}, value);
}

/// One op that is on; r starts as the input's shape.
constexpr diag interval_op(const definition_view& d, int i, const interval_shape* all, interval_shape& r) {
  const op& o = d.ops[i];
  const interval_shape& in = all[o.in[0]];
  switch (o.kind) {
    case op_kind::flatten: {
      interval p = interval_product(in);
      r = {};
      r.rank = 1;
      const bool fits = p.hi <= max_extent;
      if (!fits) p = {p.lo > max_extent ? max_extent : p.lo, max_extent, p.key};
      r.d[0] = p;
      return fits ? diag{} : at_op(d, i, error::too_large, low(in), {}, static_cast<double>(max_extent) + 1);
    }
    case op_kind::reshape:
      return interval_reshape(d, i, in, r);
    case op_kind::dense: {
      error e = error::ok;
      double value = 0;
      r.d[in.rank - 1] = valid_size(range_of(d, o.size[0]), e, value);
      return e == error::ok ? diag{} : at_op(d, i, e, low(in), {}, value);
    }
    case op_kind::conv1d:
    case op_kind::conv2d:
    case op_kind::conv2d_transpose:
    case op_kind::depthwise_conv2d:
    case op_kind::max_pool:
    case op_kind::avg_pool:
      return interval_window(d, i, in, r);
    case op_kind::zero_pad:
      return interval_zero_pad(d, i, in, r);
    case op_kind::upsample:
      return interval_upsample(d, i, in, r);
    case op_kind::embedding:
      return interval_embedding(d, i, in, r);
    case op_kind::spatial_dropout:
      return in.rank == 2 || in.rank == 3 ? diag{} : at_op(d, i, error::rank, low(in));
    case op_kind::global_max_pool:
    case op_kind::global_avg_pool:
      if (in.rank != 3) return at_op(d, i, error::rank, low(in));
      r = {};
      r.rank = 1;
      r.d[0] = in.d[2];
      return {};
    case op_kind::add:
    case op_kind::concat:
      return interval_join(d, i, in, all[o.in[1]], r);
    case op_kind::select:
      r = all[o.in[1]];
      return {};
    default:
      return {};
  }
}

constexpr std::uint32_t act_bit(act a) { return 1U << static_cast<int>(a); }
inline constexpr std::uint32_t linear_bit = act_bit(act::linear), row_bits = act_bit(act::softmax) | act_bit(act::log_softmax);

/// Which activations activation_behind() can find at an op that is on.
constexpr std::uint32_t possible_activations(const definition_view& d, const op& o, const interval_shape* all) {
  const std::uint32_t in = all[o.in[0]].activations;
  switch (o.kind) {
    case op_kind::tap:
    case op_kind::avg_pool:
    case op_kind::global_avg_pool:
    case op_kind::upsample:
      return in;
    case op_kind::select:
      return all[o.in[1]].activations;
    case op_kind::flatten:
    case op_kind::reshape:
    case op_kind::global_max_pool:
    case op_kind::max_pool:
      return (in & row_bits) != 0 ? (in & ~row_bits) | linear_bit : in;
    case op_kind::concat:
      return (in & all[o.in[1]].activations & ~row_bits) | linear_bit;
    default:
      break;
  }
  if (o.act_hp < 0) return act_bit(o.activation);
  std::uint32_t set = 0;
  const hp_t& h = d.hps[o.act_hp];
  for (int i = 0; i < h.n; ++i) set |= act_bit(static_cast<act>(static_cast<int>(h.v[i])));
  return set;
}

/// The same condition has the same key, whichever part it stands on.
constexpr std::uint64_t guard_key(const definition_view& d, int guard) {
  std::uint64_t key = 11;
  for (; guard >= 0; guard = d.guards[guard].parent) {
    const guard_t& g = d.guards[guard];
    key = mix(mix(key, static_cast<std::uint64_t>(g.hp)), static_cast<std::uint64_t>(g.eq >= 0 ? g.eq : -1 - g.ge));
  }
  return key;
}

/// On or off: covers both.
constexpr void join_guard(const definition_view& d, int guard, const interval_shape& in, interval_shape& r) {
  const std::uint64_t key = guard_key(d, guard);
  for (int k = 0; k < r.rank; ++k) {
    interval& x = r.d[k];
    const interval& off = in.d[k];
    if (x.key != off.key) x = {x.lo < off.lo ? x.lo : off.lo, x.hi > off.hi ? x.hi : off.hi, mix(mix(x.key, off.key), key)};
  }
}

/// Shape and check of op i from those before it. The ranks are those of a definition without rank_change.
constexpr diag infer_interval(const definition_view& d, int i, interval_shape* all) {
  const op& o = d.ops[i];
  if (o.kind == op_kind::input) {
    all[i] = {};
    all[i].rank = o.rank;
    for (int k = 0; k < o.rank; ++k) all[i].d[k] = exactly(o.size[k].k);
    all[i].activations = linear_bit;
    return {};
  }
  const interval_shape in = all[o.in[0]];
  interval_shape r = in;
  const diag bad = interval_op(d, i, all, r);
  r.activations = possible_activations(d, o, all);
  if (o.guard >= 0) {
    join_guard(d, o.guard, in, r);
    r.activations |= in.activations;
  }
  all[i] = r;
  return bad;
}

/// Whether class weights fit the output at every point: check_class_weights at both ends of its width.
constexpr diag interval_class_weights(const definition_view& d, const interval_shape& y) {
  for (const bool at_top : {false, true}) {
    shape end;
    end.rank = y.rank;
    for (int i = 0; i < y.rank; ++i) end.d[i] = static_cast<std::int32_t>(at_top ? y.d[i].hi : y.d[i].lo);
    if (const diag bad = check_class_weights(d, end)) return bad;
  }
  return {};
}

/// Whether output k fits its loss at every point: its width, and every activation that may have made it.
constexpr diag interval_loss(const definition_view& d, int k, const interval_shape* all) {
  const int at = output_op(d, k);
  const loss_t& l = d.recipe->loss[k];
  const interval_shape& y = all[at];
  const bool wide = y.rank > 0 && y.d[y.rank - 1].lo >= 2;
  if (is_categorical(l.kind) && !wide) return at_op(d, at, error::loss_width, low(y), {}, static_cast<double>(static_cast<int>(l.kind)), k);
  if (const diag bad = interval_class_weights(d, y); k == 0 && bad) return bad;
  for (int a = 0; a <= static_cast<int>(act::own); ++a)
    if ((y.activations >> a & 1U) != 0 && !loss_accepts(l, static_cast<act>(a)))
      return at_op(d, at, error::loss_activation, low(y), {}, a, k);
  return {};
}

}  // namespace ingot::detail
