// The recipe of the flat definition: losses, optimizer, schedule, stopping, metrics and search, as plain data (flat.hpp has the
// invariants of the whole).
#pragma once
#include <ingot/dsl/flat_craft.hpp>
#include <ingot/dsl/flat_expression.hpp>

namespace ingot {

inline constexpr int max_inputs = 4;  ///< inputs, and outputs, of one model
inline constexpr int max_class_weights = 32;
inline constexpr std::int64_t no_limit = std::int64_t{1} << 59;  ///< bytes that no step takes

enum class loss_kind : std::uint8_t {
  none,
  sparse_categorical_crossentropy,
  categorical_crossentropy,
  binary_crossentropy,
  mse,
  mae,
  huber,
  msle,
  mape,
  log_cosh,
  kl_divergence,
  poisson,
  hinge,
  squared_hinge,
  cosine_similarity,
  binary_focal_crossentropy,
  categorical_focal_crossentropy,
  own  ///< as loss_t::rule says: the mean over the last axis
};
inline constexpr loss_kind last_loss = loss_kind::own;
enum class opt_kind : std::uint8_t { none, sgd, rmsprop, adam, adamw, nadam, adagrad, adadelta, adamax, lion, lamb };
/// Figures of a run: what early stopping, stopping rules, reduce_on_plateau and a search may watch. Those from top_k_accuracy to r2 are
/// asked for by metrics(...).
enum class metric : std::uint8_t {
  loss,
  accuracy,
  val_loss,
  val_accuracy,
  top_k_accuracy,
  precision,
  recall,
  auc,
  f1,
  mse,
  mae,
  r2,
  val_top_k_accuracy,
  val_precision,
  val_recall,
  val_auc,
  val_f1,
  val_mse,
  val_mae,
  val_r2
};
enum class direction : std::uint8_t { automatic, minimize, maximize };
enum class epsilon_kind : std::uint8_t { keras, pytorch };  ///< Adam's epsilon: beside sqrt(v), or beside sqrt(v / (1 - beta2^t))

struct loss_t {
  loss_kind kind = loss_kind::none;
  bool from_logits = false;
  std::int32_t line = 0;
  num delta{1.0, -1, 0};   ///< huber
  num weight{1.0, -1, 0};  ///< of this output in the total loss
  bool balance = false;    ///< binary focal: alpha weighs the elements of class 1, 1 - alpha those of class 0
  num smoothing{};         ///< cross-entropies: targets move towards the uniform distribution by this share
  num alpha{0.25, -1, 0};  ///< focal losses
  num gamma{2.0, -1, 0};   ///< focal losses: the exponent of the probability of being wrong
  expression_t rule{};     ///< own: of a prediction and its target
};
/// Calls f with each number of a loss_t, or of a const one: each may be a hyper-parameter.
template <class Loss, class F>
constexpr void for_each_loss_number(Loss& l, F f) {
  for (auto* n : {&l.delta, &l.weight, &l.smoothing, &l.alpha, &l.gamma}) f(*n);
  for (auto& n : l.rule.number) f(n);
}

/// Keras's EarlyStopping, every field (spec: keras.callbacks.EarlyStopping).
struct stopping_t {
  bool on = false;
  metric monitor = metric::val_loss;
  direction mode = direction::automatic;
  bool has_baseline = false;
  bool restore_best_weights = false;
  std::int32_t start_from_epoch = 0;
  num patience{}, min_delta{}, baseline{};
};

enum class schedule_kind : std::uint8_t { constant, piecewise, exponential, inverse_time, polynomial, cosine, cosine_restarts, one_cycle };
/// From the update behind `until` the learning rate is `rate`.
struct piece_t {
  duration_t until{};
  num rate{};
};
inline constexpr int max_pieces = 16;

/// The learning rate as a function of the updates done; the optimizer's rate is where it starts (one_cycle: its highest).
struct schedule_t {
  schedule_kind kind = schedule_kind::constant;
  bool staircase = false;      ///< exponential, inverse_time: whole multiples of the length count
  bool cycle = false;          ///< polynomial: begins anew, over a multiple of the length
  bool linear = false;         ///< one_cycle: straight lines instead of half cosines
  bool three_phase = false;    ///< one_cycle: down as long as up, then to the end
  bool hold_momentum = false;  ///< one_cycle: the optimizer's momentum stays
  std::int32_t n_pieces = 0;
  duration_t length{};  ///< over which the rate changes; cosine_restarts: of the first period
  duration_t warmup{};  ///< before that, from warmup_start to the optimizer's rate
  num warmup_start{};
  num factor{};                         ///< exponential, inverse_time
  num end{}, power{};                   ///< polynomial
  num alpha{};                          ///< cosine, cosine_restarts: the share of the rate that is left at the end
  num t_mul{}, m_mul{};                 ///< cosine_restarts: factors of the length and height from period to period
  num rise{}, div{}, final_div{};       ///< one_cycle: share of the length that rises; highest / first rate; first / last rate
  num low_momentum{}, high_momentum{};  ///< one_cycle: at the highest rate; at the first and the last
  piece_t pieces[max_pieces]{};
};

/// Keras's ReduceLROnPlateau, every field.
struct plateau_t {
  bool on = false;
  metric monitor = metric::val_loss;
  direction mode = direction::automatic;
  num factor{}, patience{}, min_delta{}, cooldown{}, min_rate{};
};

enum class clip_kind : std::uint8_t { none, value, norm, global_norm };

inline constexpr int max_groups = 8;
/// Parameters of the layers, or tensors, whose name starts so.
struct group_t {
  name_t prefix{};
  bool has_decay = false;  ///< instead of the optimizer's
  num rate{1, -1, 0};      ///< factor of the learning rate
  num decay{};
};

/// any, all: of the two before; below, above: a figure against the limit; prechelt_*: GL, PQ, UP, the limit is alpha or s; time_budget:
/// the limit is in seconds.
enum class stop_kind : std::uint8_t { any, all, below, above, prechelt_gl, prechelt_pq, prechelt_up, time_budget };
struct stop_rule_t {
  stop_kind kind = stop_kind::any;
  metric monitor = metric::val_loss;  ///< below, above
  std::int32_t strip = 1;             ///< prechelt_pq, prechelt_up: epochs in a strip
  num limit{};
};
inline constexpr int max_stop_rules = 16;

struct recipe_t {
  std::int32_t n_outputs = 1;
  std::int16_t output[max_inputs]{-1, -1, -1, -1};  ///< ops whose values are the outputs; -1: the last op
  loss_t loss[max_inputs]{};                        ///< one per output
  opt_kind optimizer = opt_kind::none;
  epsilon_kind epsilon_form = epsilon_kind::keras;
  bool nesterov = false;
  std::int32_t optimizer_line = 0;
  num learning_rate{}, momentum{}, beta1{}, beta2{}, rho{}, epsilon{}, weight_decay{};
  num batch{32, -1, 0};
  num epochs{1, -1, 0};
  num validation{0, -1, 0};  ///< < 1: a fraction of the training part; >= 1: a number of rows; taken from the end
  bool rescale_on = false, standardize = false;
  num rescale{1, -1, 0}, offset{0, -1, 0};  ///< x * rescale + offset before the first layer
  stopping_t stopping{};
  bool search_on = false;
  metric objective = metric::val_loss;
  direction objective_mode = direction::automatic;
  std::int32_t max_trials = 10, executions_per_trial = 1;
  bool centered = false;             ///< rmsprop: divides by the deviation of the gradient
  bool amsgrad = false;              ///< adam, adamw: the largest v so far
  double initial_accumulator = 0.1;  ///< adagrad
  schedule_t schedule{};
  plateau_t plateau{};
  clip_kind clip = clip_kind::none;  ///< of gradients, before the update
  num clip_limit{};
  num accumulation{1, -1, 0};  ///< batches whose gradients are averaged into one update
  bool average = false;        ///< a moving average of the weights, which takes their place at the end
  num average_momentum{};
  std::int32_t average_every = 0;    ///< updates after which it takes their place during training, too; 0: never
  bool decay_matrices_only = false;  ///< no weight decay on parameters with one axis: biases, scales and shifts
  std::int32_t n_groups = 0;
  group_t groups[max_groups]{};  ///< the first that matches counts
  std::int32_t n_stop_rules = 0;
  stop_rule_t stop_rules[max_stop_rules]{};  ///< one condition in postfix order
  std::uint32_t metrics = 0;                 ///< bits 1 << metric, of top_k_accuracy .. r2
  std::int32_t top_k = 5;
  bool balanced_class_weights = false;  ///< rows / (classes * rows of the class), counted on the training part
  bool sample_weights = false;          ///< the data have a weight for each row
  std::int32_t n_class_weights = 0;     ///< 0: none are given
  num class_weight[max_class_weights]{};
  bool direct_convolutions = false;     ///< none through Winograd's algorithm
  std::int64_t step_memory = no_limit;  ///< bytes for what a training step keeps between its kernels
  craft_t craft{};
};

/// Whether the schedule moves the optimizer's momentum, or beta1, as PyTorch's OneCycleLR does. Nadam's stays: its product of all momenta
/// so far is that of one number. Optimizers without a momentum have none to move.
constexpr bool cycles_momentum(const recipe_t& r) {
  if (r.schedule.kind != schedule_kind::one_cycle || r.schedule.hold_momentum) return false;
  switch (r.optimizer) {
    case opt_kind::sgd:
    case opt_kind::rmsprop:
      return r.momentum.hp >= 0 || r.momentum.k != 0;
    case opt_kind::adam:
    case opt_kind::adamw:
    case opt_kind::adamax:
    case opt_kind::lion:
    case opt_kind::lamb:
      return true;
    default:
      return false;
  }
}

constexpr std::string_view loss_name(loss_kind k) {
  constexpr std::string_view names[] = {"none",
                                        "sparse_categorical_crossentropy",
                                        "categorical_crossentropy",
                                        "binary_crossentropy",
                                        "mse",
                                        "mae",
                                        "huber",
                                        "msle",
                                        "mape",
                                        "log_cosh",
                                        "kl_divergence",
                                        "poisson",
                                        "hinge",
                                        "squared_hinge",
                                        "cosine_similarity",
                                        "binary_focal_crossentropy",
                                        "categorical_focal_crossentropy",
                                        "own"};
  static_assert(sizeof names / sizeof names[0] == static_cast<int>(last_loss) + 1);
  return names[static_cast<int>(k)];
}
constexpr std::string_view optimizer_name(opt_kind k) {
  constexpr std::string_view names[] = {"none",    "sgd",      "rmsprop", "adam", "adamw", "nadam",
                                        "adagrad", "adadelta", "adamax",  "lion", "lamb"};
  return names[static_cast<int>(k)];
}
constexpr std::string_view metric_name(metric m) {
  constexpr std::string_view names[] = {
      "loss", "accuracy", "val_loss",           "val_accuracy",  "top_k_accuracy", "precision", "recall", "auc",     "f1",      "mse",
      "mae",  "r2",       "val_top_k_accuracy", "val_precision", "val_recall",     "val_auc",   "val_f1", "val_mse", "val_mae", "val_r2"};
  return names[static_cast<int>(m)];
}

/// A loss of two classes per element: probabilities, or scores with from_logits.
constexpr bool is_binary(loss_kind k) { return k == loss_kind::binary_crossentropy || k == loss_kind::binary_focal_crossentropy; }
/// A loss of one class out of the last axis.
constexpr bool is_categorical(loss_kind k) {
  return k == loss_kind::sparse_categorical_crossentropy || k == loss_kind::categorical_crossentropy ||
         k == loss_kind::categorical_focal_crossentropy;
}

/// Whether it is a figure of the validation part.
constexpr bool on_validation(metric m) { return m == metric::val_loss || m == metric::val_accuracy || m >= metric::val_top_k_accuracy; }
/// The bit of recipe_t::metrics that a figure needs; 0: it needs none, every model has it.
constexpr std::uint32_t metric_bit(metric m) {
  constexpr int offset = static_cast<int>(metric::val_top_k_accuracy) - static_cast<int>(metric::top_k_accuracy);
  if (m < metric::top_k_accuracy) return 0;
  return std::uint32_t{1} << (static_cast<int>(m) - (m >= metric::val_top_k_accuracy ? offset : 0));
}
/// Means over rows are metrics of every step; the others are no means over rows and are measured on passes of evaluation only.
constexpr bool is_row_mean(metric m) {
  const std::uint32_t means = metric_bit(metric::top_k_accuracy) | metric_bit(metric::mse) | metric_bit(metric::mae);
  return m < metric::top_k_accuracy || (metric_bit(m) & means) != 0;
}
/// Whether a metric of recipe_t::metrics can be measured on an output with this loss.
constexpr bool metric_fits(metric m, loss_kind k) {
  switch (m) {
    case metric::top_k_accuracy:
      return is_categorical(k);
    case metric::precision:
    case metric::recall:
    case metric::auc:
    case metric::f1:
      return is_categorical(k) || is_binary(k);
    default:
      return !is_categorical(k) && !is_binary(k) && k != loss_kind::none;
  }
}

}  // namespace ingot
