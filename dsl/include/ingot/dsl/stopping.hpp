// When training stops beside early_stopping: stop_when(train_loss < 0.05 || prechelt_gl(5) && time_budget(600)). One condition of
// thresholds on figures, Prechelt's criteria and a time budget, joined by && and ||; asked after each epoch. Numbers may be
// hyper-parameters.
#pragma once
#include <ingot/dsl/recipe.hpp>

namespace ingot {

inline constexpr metric train_loss = metric::loss, train_accuracy = metric::accuracy;

namespace detail {

/// A condition in postfix order: N rules, with K rows of hyper-parameters.
template <int N, int K>
struct condition {
  stop_rule_t rules[N]{};
  hp_t hps[K != 0 ? K : 1]{};
  static constexpr int rows = K;
};

template <class T>
constexpr condition<1, rows_of<T>> single(stop_kind kind, const T& limit, metric monitor = metric::val_loss, int strip = 1) {
  condition<1, rows_of<T>> c;
  row_sink sink{c.hps};
  c.rules[0].kind = kind;
  c.rules[0].monitor = monitor;
  c.rules[0].strip = strip;
  set(c.rules[0].limit, limit, sink);
  return c;
}

template <int N, int K, int M, int L>
constexpr condition<N + M + 1, K + L> join(stop_kind kind, const condition<N, K>& a, const condition<M, L>& b) {
  condition<N + M + 1, K + L> c;
  for (int i = 0; i < N; ++i) c.rules[i] = a.rules[i];
  for (int i = 0; i < M; ++i) {
    c.rules[N + i] = b.rules[i];
    if (b.rules[i].limit.hp >= 0) c.rules[N + i].limit.hp += K;
  }
  for (int i = 0; i < K; ++i) c.hps[i] = a.hps[i];
  for (int i = 0; i < L; ++i) c.hps[K + i] = b.hps[i];
  c.rules[N + M].kind = kind;
  return c;
}

template <int N, int K, int M, int L>
constexpr auto operator||(const condition<N, K>& a, const condition<M, L>& b) {
  return join(stop_kind::any, a, b);
}
template <int N, int K, int M, int L>
constexpr auto operator&&(const condition<N, K>& a, const condition<M, L>& b) {
  return join(stop_kind::all, a, b);
}

template <int N, int K>
struct stop_part {
  condition<N, K> of;
  static constexpr int rows = K;
  static_assert(N <= max_stop_rules, "stop_when: at most 8 criteria");
  constexpr void put(recipe_sink& s) const {
    s.claim(slot_stop_when, "stop_when");
    const int offset = s.rows->n;
    for (int i = 0; i < K; ++i) s.rows->rows[s.rows->n++] = of.hps[i];
    recipe_t& r = *s.recipe;
    for (int i = 0; i < N && N <= max_stop_rules; ++i) {
      stop_rule_t& rule = r.stop_rules[r.n_stop_rules++];
      rule = of.rules[i];
      if (rule.limit.hp >= 0) rule.limit.hp += offset;
    }
  }
};

}  // namespace detail

/// The figure fell below a threshold, or rose above it.
template <num_arg T>
constexpr auto operator<(metric figure, T threshold) {
  return detail::single(stop_kind::below, threshold, figure);
}
template <num_arg T>
constexpr auto operator>(metric figure, T threshold) {
  return detail::single(stop_kind::above, threshold, figure);
}
/// GL: val_loss lies more than alpha percent above its minimum so far.
template <num_arg T>
constexpr auto prechelt_gl(T alpha) {
  return detail::single(stop_kind::prechelt_gl, alpha);
}
/// PQ: at the end of a strip of epochs, GL divided by the progress of the training loss in that strip (in per mille) exceeds alpha.
template <num_arg T>
constexpr auto prechelt_pq(T alpha, int strip = 5) {
  return detail::single(stop_kind::prechelt_pq, alpha, metric::val_loss, strip);
}
/// UP: val_loss was higher at the end of each of `strips` successive strips than at the end of the strip before.
template <num_arg T>
constexpr auto prechelt_up(T strips, int strip = 5) {
  return detail::single(stop_kind::prechelt_up, strips, metric::val_loss, strip);
}
/// The run has taken this many seconds, those before a resume included.
template <num_arg T>
constexpr auto time_budget(T seconds) {
  return detail::single(stop_kind::time_budget, seconds);
}

/// Training stops after the first epoch where the condition holds. With one of Prechelt's criteria the weights of the lowest val_loss
/// come back.
template <int N, int K>
constexpr detail::stop_part<N, K> stop_when(const detail::condition<N, K>& condition) {
  return {condition};
}

}  // namespace ingot
