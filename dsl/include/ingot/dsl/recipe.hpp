// How a model is trained: outputs, data settings, early stopping, search. losses.hpp has the losses, metrics.hpp metrics and
// weights of classes and rows, optimizers.hpp the optimizers.
// The parts are given to model() in any order, each at most once; every number may be a hyper-parameter.
// Defaults are those of Keras 3.
#pragma once
#include <ingot/dsl/options.hpp>

namespace ingot {

inline constexpr metric val_loss = metric::val_loss, val_accuracy = metric::val_accuracy, accuracy = metric::accuracy;
inline constexpr direction minimize = direction::minimize, maximize = direction::maximize;

namespace detail {

/// What parts of a recipe write into. Rows go behind those of the network.
struct recipe_sink {
  recipe_t* recipe;
  row_sink* rows;
  name_t outputs[max_inputs]{};  ///< layers of the named outputs; empty: the last op
  int n_losses = 0;              ///< losses given without a name
  int n_named = 0;               ///< outputs given by name
  int n_groups = 0;              ///< groups of parameters, more than max_groups included
  std::uint32_t seen = 0;        ///< bits of recipe_slot
  std::string_view twice{};      ///< the first part that was given again
  bool cache_late = false;       ///< cache behind augment
  int n_augmentations = 0;       ///< those beyond max_augmentations included
  bool scales_loss = false;      ///< mixed_precision with options of loss scaling
  int n_pruned = 0;              ///< layers named by prune, those beyond max_pruned included

  constexpr void claim(int slot, std::string_view name) {
    if ((seen >> slot & 1U) != 0 && twice.empty()) twice = name;
    seen |= 1U << slot;
  }
};
enum recipe_slot : int {
  slot_optimizer,
  slot_batch,
  slot_epochs,
  slot_validation,
  slot_rescale,
  slot_standardize,
  slot_stopping,
  slot_search,
  slot_metrics,
  slot_class_weights,
  slot_sample_weights,
  slot_schedule,
  slot_clip,
  slot_accumulate,
  slot_average,
  slot_decay_scope,
  slot_stop_when,
  slot_direct_convolutions,
  slot_cache,
  slot_augment,
  slot_mixup,
  slot_cutmix,
  slot_prune,
  slot_precision,
  slot_gradcheck,
  slot_step_memory
};

template <class T>
concept recipe_part = requires(const T& t, recipe_sink& s) { t.put(s); };
template <class T>
concept loss_part = requires(const T& t, loss_t& l, row_sink& s) { t.put_loss(l, s); };

}  // namespace detail

/// One output of several: the layer's name, its loss, the weight of this loss in the total. The order of the outputs is
/// that of these parts.
template <detail::loss_part L, num_arg W = double>
struct output {
  std::string_view layer;
  L loss;
  W weight;
  int line;
  static constexpr int rows = detail::rows_of<L> + detail::rows_of<W>;
  constexpr output(std::string_view name, L l, where w = where::current()) : layer(name), loss(l), weight(1), line(detail::line_of(w)) {}
  constexpr output(std::string_view name, L l, W share, where w = where::current())
      : layer(name), loss(l), weight(share), line(detail::line_of(w)) {}
  constexpr void put(detail::recipe_sink& s) const {
    const int k = s.n_named++;
    if (k >= max_inputs) return;
    s.outputs[k] = name_t(layer);
    loss_t& l = s.recipe->loss[k];
    loss.put_loss(l, *s.rows);
    l.line = line;
    detail::set(l.weight, weight, *s.rows);
  }
};
template <class L>
output(const char*, L) -> output<L>;
template <class L, class W>
output(const char*, L, W) -> output<L, W>;

namespace detail {
/// batch(n), epochs(n), validation(n): one number of the recipe.
template <int Slot, class T>
struct recipe_number {
  T value;
  static constexpr int rows = rows_of<T>;
  constexpr void put(recipe_sink& s) const {
    constexpr std::string_view names[] = {"", "batch", "epochs", "validation"};
    s.claim(Slot, names[Slot]);
    recipe_t& r = *s.recipe;
    set(Slot == slot_batch ? r.batch : Slot == slot_epochs ? r.epochs : r.validation, value, *s.rows);
  }
};
template <class S, class O>
struct rescale_part {
  S scale;
  O offset;
  static constexpr int rows = rows_of<S> + rows_of<O>;
  constexpr void put(recipe_sink& s) const {
    s.claim(slot_rescale, "rescale");
    s.recipe->rescale_on = true;
    set(s.recipe->rescale, scale, *s.rows);
    set(s.recipe->offset, offset, *s.rows);
  }
};
struct standardize_part {
  constexpr void put(recipe_sink& s) const {
    s.claim(slot_standardize, "standardize");
    s.recipe->standardize = true;
  }
};
struct direct_convolutions_part {
  constexpr void put(recipe_sink& s) const {
    s.claim(slot_direct_convolutions, "direct_convolutions");
    s.recipe->direct_convolutions = true;
  }
};
struct step_memory_part {
  std::int64_t bytes;
  constexpr void put(recipe_sink& s) const {
    s.claim(slot_step_memory, "step_memory");
    s.recipe->step_memory = bytes;
  }
};
struct gradcheck_every_part {
  int updates;
  constexpr void put(recipe_sink& s) const {
    s.claim(slot_gradcheck, "gradcheck_every");
    s.recipe->craft.gradcheck_every = updates;
  }
};
}  // namespace detail

/// Rows per step; 32 by default.
template <num_arg T>
constexpr detail::recipe_number<detail::slot_batch, T> batch(T n) {
  return {n};
}
/// Passes over the training part; 1 by default.
template <num_arg T>
constexpr detail::recipe_number<detail::slot_epochs, T> epochs(T n) {
  return {n};
}
/// Rows taken from the end of the training data: below 1 a fraction, else a number of rows.
template <num_arg T>
constexpr detail::recipe_number<detail::slot_validation, T> validation(T n) {
  return {n};
}
/// x * scale + offset before the first layer: rescale(1 / 255.).
template <num_arg S, num_arg O = double>
constexpr detail::rescale_part<S, O> rescale(S scale, O offset = 0) {
  return {scale, offset};
}
/// (x - mean) / deviation per column, measured on the training part and stored with the weights.
inline constexpr detail::standardize_part standardize{};
/// No convolution goes through Winograd's algorithm, which is twice as fast with a relative error of about 2e-6 instead of 4e-7.
inline constexpr detail::direct_convolutions_part direct_convolutions{};

/// What a training step keeps between its kernels, activations above all, takes this many bytes at most: step_memory(64_MiB). Of what
/// does not fit, the backward pass computes again what costs least; results are the same, bit for bit, but for what cuBLASLt's products
/// round otherwise where a GPU's kernels are divided differently for it.
constexpr detail::step_memory_part step_memory(std::int64_t bytes) { return {bytes}; }
inline namespace literals {
consteval std::int64_t operator""_KiB(unsigned long long n) { return static_cast<std::int64_t>(n) << 10; }
consteval std::int64_t operator""_MiB(unsigned long long n) { return static_cast<std::int64_t>(n) << 20; }
consteval std::int64_t operator""_GiB(unsigned long long n) { return static_cast<std::int64_t>(n) << 30; }
}  // namespace literals

/// The gradient is checked against differences every `updates` updates, on the batch and weights of that moment.
constexpr detail::gradcheck_every_part gradcheck_every(int updates) { return {updates}; }

/// Keras's EarlyStopping: early_stopping{val_loss, 3} or early_stopping{.patience = 3, .restore_best_weights = true}.
template <class P = int, class D = double, class B = absent>
struct early_stopping {
  metric monitor = metric::val_loss;
  P patience{};
  D min_delta{};
  direction mode = direction::automatic;
  B baseline{};
  bool restore_best_weights = false;
  int start_from_epoch = 0;

  static constexpr int rows = detail::rows_of<P> + detail::rows_of<D> + detail::rows_of<B>;
  constexpr void put(detail::recipe_sink& s) const {
    static_assert(num_arg<P> && num_arg<D> && (num_arg<B> || std::same_as<B, absent>),
                  "early_stopping: patience, min_delta and baseline are numbers or hyper-parameters");
    s.claim(detail::slot_stopping, "early_stopping");
    stopping_t& t = s.recipe->stopping;
    t.on = true;
    t.monitor = monitor;
    t.mode = mode;
    t.restore_best_weights = restore_best_weights;
    t.start_from_epoch = start_from_epoch;
    detail::set(t.patience, patience, *s.rows);
    detail::set(t.min_delta, min_delta, *s.rows);
    t.has_baseline = !std::same_as<B, absent>;
    detail::set_given(t.baseline, baseline, *s.rows);
  }
};

/// Random search over the space: random_search{val_accuracy, 10}. The score of a trial is its best epoch, averaged over
/// `executions` trainings.
struct random_search {
  metric objective = metric::val_loss;
  int trials = 10;
  int executions = 1;
  direction mode = direction::automatic;
  constexpr void put(detail::recipe_sink& s) const {
    s.claim(detail::slot_search, "random_search");
    recipe_t& r = *s.recipe;
    r.search_on = true;
    r.objective = objective;
    r.objective_mode = mode;
    r.max_trials = trials;
    r.executions_per_trial = executions;
  }
};

}  // namespace ingot
