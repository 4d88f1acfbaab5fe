// What happens between gradient and update, as parts of the recipe: clip_value(x), clip_norm(x) or clip_global_norm(x), accumulate(n),
// ema(m), group("layer", rate_multiplier(0.1), weight_decay(0)), no_decay_on_bias_and_norm. In one step: gradients are averaged over n
// batches, then clipped, then weights decay, then they are updated, then averaged. Every number may be a hyper-parameter.
#pragma once
#include <ingot/dsl/optimizers.hpp>

namespace ingot {

namespace detail {

template <clip_kind Kind, class T>
struct clip_part {
  T limit;
  static constexpr int rows = rows_of<T>;
  constexpr void put(recipe_sink& s) const {
    s.claim(slot_clip, "how gradients are clipped");
    s.recipe->clip = Kind;
    set(s.recipe->clip_limit, limit, *s.rows);
  }
};
template <class T>
struct accumulate_part {
  T batches;
  static constexpr int rows = rows_of<T>;
  constexpr void put(recipe_sink& s) const {
    s.claim(slot_accumulate, "accumulate");
    set(s.recipe->accumulation, batches, *s.rows);
  }
};
struct overwrite_every_t {
  int updates = 0;
};
template <class T>
struct ema_part {
  T momentum;
  overwrite_every_t every;
  static constexpr int rows = rows_of<T>;
  constexpr void put(recipe_sink& s) const {
    s.claim(slot_average, "ema");
    s.recipe->average = true;
    s.recipe->average_every = every.updates;
    set(s.recipe->average_momentum, momentum, *s.rows);
  }
};
struct decay_scope_part {
  constexpr void put(recipe_sink& s) const {
    s.claim(slot_decay_scope, "no_decay_on_bias_and_norm");
    s.recipe->decay_matrices_only = true;
  }
};

template <class T>
struct rate_multiplier_option {
  T factor;
  static constexpr int rows = rows_of<T>;
};
template <class T>
constexpr void apply(group_t& g, const rate_multiplier_option<T>& o, row_sink& sink) {
  set(g.rate, o.factor, sink);
}
template <class T>
constexpr void apply(group_t& g, const optimizer_option<optimizer_number::weight_decay, T>& o, row_sink& sink) {
  g.has_decay = true;
  set(g.decay, o.value, sink);
}
template <class T>
inline constexpr bool is_group_option = is_common_option<T>;
template <class T>
inline constexpr bool is_group_option<rate_multiplier_option<T>> = true;

/// A group with its arguments erased: the numbers are in `of`, with K rows of their own.
template <int K>
struct erased_group {
  group_t of{};
  hp_t hps[K != 0 ? K : 1]{};
  static constexpr int rows = K;
  constexpr void put(recipe_sink& s) const {
    const int offset = s.rows->n;
    for (int i = 0; i < K; ++i) s.rows->rows[s.rows->n++] = hps[i];
    if (s.n_groups++ >= max_groups) return;
    group_t& g = s.recipe->groups[s.recipe->n_groups++];
    g = of;
    for (num* n : {&g.rate, &g.decay})
      if (n->hp >= 0) n->hp += offset;
  }
};

}  // namespace detail

/// Each element of a gradient is kept within -limit .. limit.
template <num_arg T>
constexpr detail::clip_part<clip_kind::value, T> clip_value(T limit) {
  return {limit};
}
/// Each gradient tensor is scaled down to this norm.
template <num_arg T>
constexpr detail::clip_part<clip_kind::norm, T> clip_norm(T limit) {
  return {limit};
}
/// All gradients together are scaled down to this norm.
template <num_arg T>
constexpr detail::clip_part<clip_kind::global_norm, T> clip_global_norm(T limit) {
  return {limit};
}
/// One update for the mean gradient of `batches` batches. Groups of batches go on over the ends of epochs.
template <num_arg T>
constexpr detail::accumulate_part<T> accumulate(T batches) {
  return {batches};
}
/// For ema: the average takes the place of the weights after every `updates` updates, too.
constexpr detail::overwrite_every_t overwrite_every(int updates) { return {updates}; }
/// A moving average of the weights, average = m average + (1 - m) weights after each update; it takes their place when training ends.
template <num_arg T>
constexpr detail::ema_part<T> ema(T momentum, detail::overwrite_every_t every = {}) {
  return {momentum, every};
}
/// Weight decay leaves parameters with one axis alone: biases, and scales and shifts of normalization.
inline constexpr detail::decay_scope_part no_decay_on_bias_and_norm{};

/// For group: the learning rate of its parameters is this multiple of the optimizer's.
template <num_arg T>
constexpr detail::rate_multiplier_option<T> rate_multiplier(T factor) {
  return {factor};
}
/// Parameters whose name starts with `prefix` ("hidden", "hidden.kernel") have a rate or decay of their own:
/// group("hidden", rate_multiplier(0.1), weight_decay(0)). Of several groups that match, the first counts.
template <class... A>
struct group : detail::erased_group<(0 + ... + detail::rows_of<A>)> {
  static constexpr bool applies = (... && detail::is_group_option<A>);
  static_assert(applies, "group(prefix, options...): an argument is neither rate_multiplier(x) nor weight_decay(x)");
  constexpr explicit group(std::string_view prefix, A... options) {
    this->of.prefix = name_t(prefix);
    [[maybe_unused]] detail::row_sink sink{this->hps};
    if constexpr (applies) (apply(this->of, options, sink), ...);
  }
};
template <class... A>
group(const char*, A...) -> group<A...>;

}  // namespace ingot
