// The proof over the whole search space: every point has valid shapes and fits its losses. Intervals first (one pass, any
// size of space), then exact slices for what they cannot show, within a budget of op evaluations; beyond it the verdict is
// not_shown. Soundness is tested against brute force (tests/dsl/soundness.cpp).
#pragma once
#include <ingot/dsl/slices.hpp>

namespace ingot {

namespace detail {

constexpr proof prove_in(const definition_view& d, const proof_space& w, bool exact_only, std::int64_t budget) {
  proof p;
  p.bad = dependencies(d, w.deps);
  if (p.bad) return p;
  slice_list list{w.slices};
  p.by_intervals = collect_slices(d, w, list, exact_only);
  for (int k = 0; k < list.n; ++k) {
    const slice& s = list.s[k];
    if (slice_cost(d, s, w.deps, budget) > budget - p.evaluated) {
      p.bad = not_shown(d, s, w);
      return p;
    }
    if (!visit_slice(p, d, s, w)) return p;
    ++p.slices;
  }
  return p;
}

}  // namespace detail

/// Proves a definition of exactly N ops. exact_only: without intervals, for tests.
template <int N>
constexpr proof prove(const definition_view& d, bool exact_only = false, std::int64_t budget = op_budget) {
  constexpr int capacity = N + max_inputs;
  detail::interval_shape intervals[capacity]{};
  dependence deps[capacity]{};
  shape shapes[capacity]{};
  std::int16_t order[capacity]{};
  detail::slice slices[capacity]{};
  return detail::prove_in(d, {intervals, deps, shapes, order, slices}, exact_only, budget);
}

}  // namespace ingot
