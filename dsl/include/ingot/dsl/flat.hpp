// The flat definition: plain constant arrays that describe a network, its search space and its training recipe.
// This is the whole contract between a declaration and the code generator; no template and no Hana type passes it.
//
// Invariants of a sealed definition (what `model(...)` makes and the proof has accepted):
//  * ops are in topological order; op.in[k] names an earlier op, or `unused`; inputs come first;
//  * every hyper-parameter has one row in hps; `dim.hp`, `num.hp`, `guard.hp`, `op.act_hp` are indices into it, or -1;
//  * an op whose guard is off passes in[0] through; `select` with its guard on yields in[1], off in[0];
//  * names of ops and hyper-parameters are unique and were not cut.
// All structs are trivially copyable: a definition is stored and sent as bytes, together with `layout_version`.
#pragma once
#include <ingot/dsl/text.hpp>

namespace ingot {

/// Changes whenever a struct or an enumeration of this file does.
inline constexpr std::int32_t layout_version = 1;

enum class op_kind : std::uint8_t {
  input,
  flatten,
  reshape,
  dense,
  conv2d,
  max_pool,
  avg_pool,
  global_avg_pool,
  dropout,
  batch_norm,
  activation,
  add,
  concat,
  tap,     ///< reads a named layer again; resolved to in[0] when sealed
  select,  ///< made by either(): in[1] when its guard is on, else in[0]
};
enum class act : std::uint8_t { linear, relu, leaky_relu, elu, gelu, silu, sigmoid, tanh, softmax, log_softmax };
enum class init_kind : std::uint8_t { glorot_uniform, glorot_normal, he_uniform, he_normal, lecun_uniform, lecun_normal, zeros, ones };
enum class pad_kind : std::uint8_t { valid, same };
enum class hp_kind : std::uint8_t { reference, integer, real, boolean, choice_int, choice_real, choice_act };
enum class loss_kind : std::uint8_t {
  none,
  sparse_categorical_crossentropy,
  categorical_crossentropy,
  binary_crossentropy,
  mse,
  mae,
  huber
};
enum class opt_kind : std::uint8_t { none, sgd, rmsprop, adam, adamw, nadam, adagrad, adadelta, adamax, lion, lamb };
enum class metric : std::uint8_t { loss, accuracy, val_loss, val_accuracy };
enum class direction : std::uint8_t { automatic, minimize, maximize };
enum class epsilon_kind : std::uint8_t { keras, pytorch };  ///< Adam's epsilon: beside sqrt(v), or beside sqrt(v / (1 - beta2^t))

/// A size: k + hp * mul / div (integer arithmetic, in this order); hp < 0: the constant k.
struct dim {
  std::int32_t k = 0, mul = 1, div = 1, hp = -1;
};
/// A real number: k, or the value of a hyper-parameter when hp >= 0.
struct num {
  double k = 0;
  std::int32_t hp = -1;
  std::int32_t pad = 0;
};

inline constexpr int max_rank = 4;
inline constexpr int max_inputs = 4;  ///< inputs, and outputs, of one model
inline constexpr int max_choices = 16;
inline constexpr int max_hps = 64;
inline constexpr std::int16_t open_input = -1;  ///< the input of a block that is not connected yet
inline constexpr std::int16_t unused = -2;

struct op {
  op_kind kind{};
  act activation{};
  init_kind init{};
  pad_kind pad{};
  bool use_bias = true;
  std::int16_t act_hp = -1, guard = -1;
  std::int16_t in[2]{open_input, unused};
  std::int32_t line = 0;
  std::int32_t rank = 0;         ///< input, reshape: number of axes, without the batch
  dim size[max_rank]{};          ///< input, reshape: the axes; dense: [0] = units; conv2d: [0] = filters
  dim kernel[2]{}, stride[2]{};  ///< conv2d and pools: height, width
  num rate{};                    ///< dropout
  num act_alpha{};               ///< leaky_relu: slope (0.2 by default); elu: alpha (1)
  num l1{}, l2{};                ///< kernel regularizer: l1 * sum|w| + l2 * sum w^2
  num bias_l1{}, bias_l2{};
  name_t name{};
  name_t source{};  ///< tap: the layer that is read
};

struct hp_t {
  name_t name{};
  hp_kind kind = hp_kind::reference;
  bool log = false;
  bool structural = false;  ///< reaches an extent, an activation or a guard: another value is another program
  std::int16_t guard = -1;  ///< exists only where this guard is on
  std::int32_t n = 0;       ///< choices
  std::int32_t line = 0;
  double lo = 0, hi = 0, step = 1;
  double v[max_choices]{};  ///< choices; choice_act: values of `act`
};

/// On when hp >= ge (eq < 0), or hp == eq; and the parent guard is on.
struct guard_t {
  name_t hp_name{};
  std::int16_t hp = -1, parent = -1;
  std::int32_t ge = 0, eq = -1;
};

struct loss_t {
  loss_kind kind = loss_kind::none;
  bool from_logits = false;
  std::int32_t line = 0;
  num delta{1.0, -1, 0};   ///< huber
  num weight{1.0, -1, 0};  ///< of this output in the total loss
};

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
enum class time_unit : std::uint8_t { updates, epochs };
/// A length of training; 0 updates: all of the run.
struct duration_t {
  num n{};
  time_unit unit = time_unit::updates;
};
/// From the update behind `until` the learning rate is `rate`.
struct piece_t {
  duration_t until{};
  num rate{};
};
inline constexpr int max_pieces = 16;

/// The learning rate as a function of the updates done; the optimizer's rate is where it starts (one_cycle: its highest).
struct schedule_t {
  schedule_kind kind = schedule_kind::constant;
  bool staircase = false;    ///< exponential, inverse_time: whole multiples of the length count
  bool cycle = false;        ///< polynomial: begins anew, over a multiple of the length
  bool linear = false;       ///< one_cycle: straight lines instead of half cosines
  bool three_phase = false;  ///< one_cycle: down as long as up, then to the end
  std::int32_t n_pieces = 0;
  duration_t length{};  ///< over which the rate changes; cosine_restarts: of the first period
  duration_t warmup{};  ///< before that, from warmup_start to the optimizer's rate
  num warmup_start{};
  num factor{};                    ///< exponential, inverse_time
  num end{}, power{};              ///< polynomial
  num alpha{};                     ///< cosine, cosine_restarts: the share of the rate that is left at the end
  num t_mul{}, m_mul{};            ///< cosine_restarts: factors of the length and height from period to period
  num rise{}, div{}, final_div{};  ///< one_cycle: share of the length that rises; highest / first rate; first / last rate
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
};

/// Extents without the batch.
struct shape {
  std::int32_t rank = 0;
  std::int32_t d[max_rank]{};
  constexpr bool operator==(const shape& o) const {
    if (rank != o.rank) return false;
    for (int i = 0; i < rank; ++i)
      if (d[i] != o.d[i]) return false;
    return true;
  }
  [[nodiscard]] constexpr std::int64_t elements() const {
    std::int64_t n = 1;
    for (int i = 0; i < rank; ++i) n *= d[i];
    return n;
  }
};

/// A definition as seen from outside: what crosses the library boundary. Owns nothing.
struct definition_view {
  const op* ops = nullptr;
  const hp_t* hps = nullptr;
  const guard_t* guards = nullptr;
  const recipe_t* recipe = nullptr;
  std::int32_t n_ops = 0, n_hps = 0, n_guards = 0;
  const char* name = "";
};

constexpr std::string_view kind_name(op_kind k) {
  constexpr std::string_view names[] = {"input",   "flatten",    "reshape",    "dense", "conv2d", "max_pool", "avg_pool", "global_avg_pool",
                                        "dropout", "batch_norm", "activation", "add",   "concat", "from",     "either"};
  return names[static_cast<int>(k)];
}
constexpr std::string_view act_name(act a) {
  constexpr std::string_view names[] = {"linear", "relu", "leaky_relu", "elu", "gelu", "silu", "sigmoid", "tanh", "softmax", "log_softmax"};
  return names[static_cast<int>(a)];
}
constexpr std::string_view loss_name(loss_kind k) {
  constexpr std::string_view names[] = {
      "none", "sparse_categorical_crossentropy", "categorical_crossentropy", "binary_crossentropy", "mse", "mae", "huber"};
  return names[static_cast<int>(k)];
}
constexpr std::string_view optimizer_name(opt_kind k) {
  constexpr std::string_view names[] = {"none",    "sgd",      "rmsprop", "adam", "adamw", "nadam",
                                        "adagrad", "adadelta", "adamax",  "lion", "lamb"};
  return names[static_cast<int>(k)];
}
constexpr std::string_view metric_name(metric m) {
  constexpr std::string_view names[] = {"loss", "accuracy", "val_loss", "val_accuracy"};
  return names[static_cast<int>(m)];
}

}  // namespace ingot
