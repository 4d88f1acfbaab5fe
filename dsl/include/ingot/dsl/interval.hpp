// An extent over the whole space: [lo, hi] and a key of how it was computed. Equal keys mean equal values at every point, so
// "w"_hp * 2 on both sides of an addition is shown although w is not known. A number mixed into a key names the rule.
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
constexpr interval spanning(std::int64_t lo, std::int64_t hi, std::uint64_t key) { return lo == hi ? exactly(lo) : interval{lo, hi, key}; }

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
  return spanning(v[0] < v[1] ? v[0] : v[1], v[0] < v[1] ? v[1] : v[0], key);
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
  return spanning(p.lo, p.hi, p.key);
}

/// The product of an extent and a size; `bad` and `value` as in valid_size.
constexpr interval scaled(const interval& x, const interval& by, std::uint64_t rule, error& bad, double& value) {
  if (by.fixed() && by.lo == 1) return x;
  return valid_size(spanning(product(by.lo, x.lo), product(by.hi, x.hi), mix(mix(x.key, by.key), rule)), bad, value);
}

}  // namespace ingot::detail
