// First tier of the proof: one pass over the ops in which an extent is [lo, hi] and a key of how it was computed. Equal
// keys mean equal values at every point, so "w"_hp * 2 on both sides of an addition is shown although w is not known.
// An op that cannot be shown is left to the second tier (slices.hpp); what follows it is computed under the assumption
// that it is valid, which holds at every point where it is the later op that fails first.
#pragma once
#include <ingot/dsl/space.hpp>

namespace ingot::detail {

struct interval {
  std::int64_t lo = 0, hi = 0;
  std::uint64_t key = 0;
  [[nodiscard]] constexpr bool fixed() const { return lo == hi; }
};
struct interval_shape {
  std::int32_t rank = 0;
  interval d[max_rank]{};
  std::uint32_t activations = 0;  ///< bits of `act`: which of them may have made the values (activation_behind)
};

constexpr std::uint64_t mix(std::uint64_t a, std::uint64_t b) {
  a ^= b + 0x9e3779b97f4a7c15ULL + (a << 6) + (a >> 2);
  return a * 0xff51afd7ed558ccdULL;
}
constexpr interval exactly(std::int64_t v) { return {v, v, mix(1, static_cast<std::uint64_t>(v))}; }
/// An interval whose key is dropped for that of the constant when it is one.
constexpr interval between(std::int64_t lo, std::int64_t hi, std::uint64_t key) { return lo == hi ? exactly(lo) : interval{lo, hi, key}; }

constexpr interval range_of(const definition_view& d, const dim& x) {
  if (x.hp < 0) return exactly(x.k);
  const hp_t& h = d.hps[x.hp];
  double ends[2]{lowest(h), highest(h)};
  double values[max_hps]{};
  std::int64_t v[2]{};
  for (int k = 0; k < 2; ++k) {
    values[x.hp] = ends[k];
    v[k] = eval(x, values);
  }
  const std::uint64_t of_hp = mix(mix(2, static_cast<std::uint64_t>(x.hp)), static_cast<std::uint64_t>(x.mul));
  const std::uint64_t key = mix(mix(of_hp, static_cast<std::uint64_t>(x.div)), static_cast<std::uint64_t>(x.k));
  return between(v[0] < v[1] ? v[0] : v[1], v[0] < v[1] ? v[1] : v[0], key);
}

constexpr shape low(const interval_shape& s) {
  shape r{s.rank, {}};
  for (int k = 0; k < s.rank; ++k) r.d[k] = static_cast<std::int32_t>(s.d[k].lo);
  return r;
}
constexpr shape high(const interval_shape& s) {
  shape r{s.rank, {}};
  for (int k = 0; k < s.rank; ++k) r.d[k] = static_cast<std::int32_t>(s.d[k].hi);
  return r;
}

/// A size of an op: what is left of it where it is valid; `bad` says why it is not shown to be.
constexpr interval valid_size(interval v, error& bad, double& value) {
  if (v.lo < 1) {
    bad = error::nonpositive;
    value = static_cast<double>(v.lo);
    v.lo = 1;
  }
  if (v.hi > max_extent) {
    bad = error::too_large;
    value = static_cast<double>(v.hi);
    v.hi = max_extent;
  }
  if (v.hi < v.lo) v.hi = v.lo;
  return v;
}

constexpr interval interval_product(const interval_shape& s) {
  interval p = exactly(1);
  bool first = true;
  for (int k = 0; k < s.rank; ++k) {
    const interval& x = s.d[k];
    if (x.fixed() && x.lo == 1) continue;
    p = {product(p.lo, x.lo), product(p.hi, x.hi), first ? x.key : mix(p.key, x.key)};
    first = false;
  }
  return between(p.lo, p.hi, p.key);
}

constexpr diag interval_window(const definition_view& d, int i, const interval_shape& in, interval_shape& r) {
  const op& o = d.ops[i];
  if (in.rank != 3) return at_op(d, i, error::rank, low(in));
  diag bad;
  double value = 0;
  shape window{2, {}}, strides{2, {}};
  for (int k = 0; k < 2; ++k) {
    error e = error::ok;
    const interval w = valid_size(range_of(d, o.kernel[k]), e, value), s = valid_size(range_of(d, o.stride[k]), e, value);
    window.d[k] = static_cast<std::int32_t>(w.hi);
    strides.d[k] = static_cast<std::int32_t>(s.lo);
    if (e != error::ok && !bad) bad = at_op(d, i, error::bad_window, window, strides);
    const bool valid_padding = o.pad == pad_kind::valid;
    if (valid_padding && w.hi > in.d[k].lo && !bad) bad = at_op(d, i, error::window_too_large, low(in), window);
    if (!valid_padding && s.fixed() && s.lo == 1) continue;
    // `valid`: only where the window fits
    const std::int64_t least = valid_padding && in.d[k].lo < w.hi ? w.hi : in.d[k].lo;
    const std::int64_t most = valid_padding && in.d[k].hi < w.lo ? w.lo : in.d[k].hi;
    const std::int64_t lo = window_out(least, w.hi, s.hi, o.pad), hi = window_out(most, w.lo, s.lo, o.pad);
    const std::uint64_t key = mix(mix(in.d[k].key, s.key), valid_padding ? mix(7, w.key) : 8);
    r.d[k] = between(lo < hi ? lo : hi, hi, key);
  }
  if (o.kind == op_kind::conv2d) {
    error e = error::ok;
    r.d[2] = valid_size(range_of(d, o.size[0]), e, value);
    if (e != error::ok && !bad) bad = at_op(d, i, e, low(in), {}, value);
  }
  return bad;
}

constexpr diag interval_join(const definition_view& d, int i, const interval_shape& a, const interval_shape& b, interval_shape& r) {
  const bool adds = d.ops[i].kind == op_kind::add;
  bool equal = a.rank == b.rank && a.rank > 0;
  for (int k = 0; equal && k < a.rank - (adds ? 0 : 1); ++k) equal = a.d[k].key == b.d[k].key;
  diag bad;
  if (!equal) bad = at_op(d, i, adds ? error::add_mismatch : error::concat_mismatch, low(a), high(b));
  if (adds || a.rank == 0 || a.rank != b.rank) return bad;
  const interval &x = a.d[a.rank - 1], &y = b.d[a.rank - 1];
  interval sum = between(x.lo + y.lo, x.hi + y.hi, mix(mix(x.key, y.key), 9));
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
    case op_kind::conv2d:
    case op_kind::max_pool:
    case op_kind::avg_pool:
      return interval_window(d, i, in, r);
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
      return in;
    case op_kind::select:
      return all[o.in[1]].activations;
    case op_kind::flatten:
    case op_kind::reshape:
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

/// Whether output k fits its loss at every point: its width, and every activation that may have made it.
constexpr diag interval_loss(const definition_view& d, int k, const interval_shape* all) {
  const int at = output_op(d, k);
  const loss_t& l = d.recipe->loss[k];
  const interval_shape& y = all[at];
  const bool wide = y.rank > 0 && y.d[y.rank - 1].lo >= 2;
  if (wants_classes(l.kind) && !wide) return at_op(d, at, error::loss_width, low(y), {}, static_cast<double>(static_cast<int>(l.kind)), k);
  for (int a = 0; a <= static_cast<int>(last_act); ++a)
    if ((y.activations >> a & 1U) != 0 && !loss_accepts(l, static_cast<act>(a)))
      return at_op(d, at, error::loss_activation, low(y), {}, a, k);
  return {};
}

}  // namespace ingot::detail
