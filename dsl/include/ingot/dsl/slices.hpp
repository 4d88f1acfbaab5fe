// Second tier of the proof: exact enumeration of what intervals could not show. A check depends on a set of
// hyper-parameters (masks.hpp); only maximal sets are enumerated, the others are held at their first value. Between two
// points only the ops that depend on the set are evaluated again. A failure is a real point of the space: the witness.
#pragma once
#include <ingot/dsl/intervals.hpp>
#include <ingot/dsl/masks.hpp>

namespace ingot {

/// Op evaluations of one proof. clang allows 2^20 steps in one constant expression, up to 90 for one op
inline constexpr std::int64_t op_budget = 10000;

struct proof {
  diag bad{};                 ///< ok: every point of the space is valid
  bool witness = false;       ///< `values` is a point where it fails
  bool by_intervals = false;  ///< all shapes were shown without visiting a point
  std::int32_t slices = 0;
  std::int64_t evaluated = 0;  ///< op evaluations
  double values[max_hps]{};
};

namespace detail {

/// A set of hyper-parameters to enumerate, and the last op whose check needs it.
struct slice {
  hp_mask hps = 0;
  std::int32_t last_op = 0;  ///< n_ops: the losses too
  std::int32_t widest = 0;   ///< the check with the largest set, for the report
};
struct slice_list {
  slice* s;
  int n = 0;
};

/// Adds a set, unless a larger one is there; drops those that it contains.
constexpr void add_slice(slice_list& list, hp_mask hps, int op) {
  for (int j = 0; j < list.n; ++j)
    if ((hps & ~list.s[j].hps) == 0) {
      if (op > list.s[j].last_op) list.s[j].last_op = op;
      return;
    }
  int kept = 0, last = op;
  for (int j = 0; j < list.n; ++j) {
    if ((list.s[j].hps & ~hps) != 0) {
      list.s[kept++] = list.s[j];
    } else if (list.s[j].last_op > last) {
      last = list.s[j].last_op;
    }
  }
  list.s[kept] = {hps, last, op};
  list.n = kept + 1;
}

/// The number of points of a slice, or limit + 1.
constexpr std::int64_t slice_points(const definition_view& d, hp_mask hps, std::int64_t limit) {
  std::int64_t n = 1;
  for (int h = 0; h < d.n_hps; ++h) {
    if ((hps >> h & 1) == 0) continue;
    const std::int64_t p = points(d.hps[h]);
    if (n > limit / p) return limit + 1;
    n *= p;
  }
  return n;
}

/// The next point of the slice; false after the last.
constexpr bool advance(const definition_view& d, hp_mask hps, std::int64_t* index, double* values) {
  for (int h = 0; h < d.n_hps; ++h) {
    if ((hps >> h & 1) == 0) continue;
    const bool more = ++index[h] < points(d.hps[h]);
    if (!more) index[h] = 0;
    values[h] = point(d.hps[h], index[h]);
    if (more) return true;
  }
  return false;
}

/// Ops whose value or check can change within a slice.
constexpr bool depends_on(const definition_view& d, int i, const dependence* deps, hp_mask hps) {
  return ((deps[i].all() | deps[i].check | guard_mask(d, d.ops[i].guard)) & hps) != 0;
}

/// Evaluates the listed ops at one point; `shapes` keeps what the other ops gave at an earlier point.
constexpr diag evaluate(const definition_view& d, const std::int16_t* ops, int n, bool losses, const double* values, shape* shapes) {
  for (int k = 0; k < n; ++k) {
    const int i = ops[k];
    const op& o = d.ops[i];
    if (o.kind == op_kind::input) {
      shapes[i] = input_shape(o);
    } else if (!active(d, o.guard, values)) {
      shapes[i] = shapes[o.in[0]];
    } else if (const diag bad = infer_op(d, i, values, shapes, shapes[i])) {
      return bad;
    }
  }
  return losses ? check_losses(d, values, shapes) : diag{};
}

/// The arrays of a proof: each with one entry per op, `order` and `slices` with one more per output.
struct proof_space {
  interval_shape* intervals;
  dependence* deps;
  shape* shapes;
  std::int16_t* order;
  slice* slices;
};

constexpr void set_witness(proof& p, const definition_view& d, const diag& bad, const double* values, hp_mask hps) {
  p.bad = bad;
  p.bad.depends = hps;
  p.witness = true;
  for (int h = 0; h < d.n_hps; ++h) p.values[h] = values[h];
}

/// Visits every point of a slice. False: a point failed.
constexpr bool visit_slice(proof& p, const definition_view& d, const slice& s, const proof_space& w) {
  const int end = s.last_op < d.n_ops ? s.last_op + 1 : d.n_ops;
  const bool losses = s.last_op >= d.n_ops;
  double values[max_hps]{};
  std::int64_t index[max_hps]{};
  initial_values(d, values);
  int n = 0;
  for (int i = 0; i < end; ++i) w.order[n++] = static_cast<std::int16_t>(i);
  for (bool first = true;; first = false) {
    p.evaluated += n;
    if (const diag bad = evaluate(d, w.order, n, losses, values, w.shapes)) {
      set_witness(p, d, bad, values, s.hps);
      return false;
    }
    if (!advance(d, s.hps, index, values)) return true;
    if (!first) continue;
    n = 0;
    for (int i = 0; i < end; ++i)
      if (depends_on(d, i, w.deps, s.hps)) w.order[n++] = static_cast<std::int16_t>(i);
  }
}

/// What one slice costs, in op evaluations.
constexpr std::int64_t slice_cost(const definition_view& d, const slice& s, const dependence* deps, std::int64_t limit) {
  const std::int64_t n = slice_points(d, s.hps, limit);
  if (n > limit) return limit + 1;
  std::int64_t changing = 1, all = 0;
  for (int i = 0; i < d.n_ops && i <= s.last_op; ++i, ++all)
    if (depends_on(d, i, deps, s.hps)) ++changing;
  return all + n * changing;
}

/// Collects the checks that intervals do not show. exact_only: all of them.
constexpr bool collect_slices(const definition_view& d, const proof_space& w, slice_list& list, bool exact_only) {
  bool shown = true;
  for (int i = 0; i < d.n_ops; ++i) {
    const bool bad = static_cast<bool>(infer_interval(d, i, w.intervals));
    if (!bad && !exact_only) continue;
    shown = false;
    add_slice(list, w.deps[i].check, i);
  }
  for (int k = 0; k < d.recipe->n_outputs; ++k) {
    const dependence& y = w.deps[output_op(d, k)];
    const diag bad = interval_loss(d, k, w.intervals);
    const bool by_width = bad.code == error::loss_width || bad.code == error::class_weights_unfit || bad.code == error::class_weights_count;
    if (by_width || exact_only) {
      add_slice(list, y.activation | y.all(), d.n_ops);
    } else if (bad) {
      add_slice(list, y.activation, d.n_ops);
    }
  }
  return shown;
}

/// The check of a slice that has too many points, as intervals see it.
constexpr diag not_shown(const definition_view& d, const slice& s, const proof_space& w) {
  diag bad;
  if (s.widest < d.n_ops) {
    bad = infer_interval(d, s.widest, w.intervals);
  } else {
    for (int k = 0; k < d.recipe->n_outputs && !bad; ++k) bad = interval_loss(d, k, w.intervals);
  }
  bad.reason = bad.code;
  bad.code = error::not_shown;
  return bad;
}

}  // namespace detail
}  // namespace ingot
