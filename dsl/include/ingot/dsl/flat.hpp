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
#include <ingot/dsl/flat_expression.hpp>
#include <ingot/dsl/flat_recipe.hpp>

namespace ingot {

/// Changes whenever a struct or an enumeration of this file, flat_recipe.hpp, flat_craft.hpp or flat_number.hpp does.
inline constexpr std::int32_t layout_version = 6;

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
  conv1d,
  conv2d_transpose,
  depthwise_conv2d,
  zero_pad,
  upsample,
  global_max_pool,
  layer_norm,
  embedding,  ///< reads an input: numbers of tokens
  spatial_dropout,
  gaussian_noise,
  stochastic_depth,  ///< drops whole samples
};
inline constexpr int n_op_kinds = static_cast<int>(op_kind::stochastic_depth) + 1;
enum class act : std::uint8_t {
  linear,
  relu,
  leaky_relu,
  elu,
  gelu,
  silu,
  sigmoid,
  tanh,
  softmax,
  log_softmax,
  softplus,
  softsign,
  mish,
  hard_sigmoid,
  hard_silu,
  selu,
  relu6,
  exponential,
  own  ///< as op.rule says
};
inline constexpr act last_act = act::exponential;  ///< of those that a hyper-parameter may choose
enum class init_kind : std::uint8_t {
  glorot_uniform,
  glorot_normal,
  he_uniform,
  he_normal,
  lecun_uniform,
  lecun_normal,
  zeros,
  ones,
  random_normal,     ///< value: standard deviation
  truncated_normal,  ///< value: standard deviation before the cut at 2 of them
  random_uniform,    ///< -value .. value
  constant,          ///< value
  orthogonal         ///< value: gain; of a kernel as [all axes but the last, last]
};
inline constexpr init_kind last_init = init_kind::orthogonal;
enum class pad_kind : std::uint8_t { valid, same, causal };  ///< causal: conv1d alone, all padding at the front
enum class hp_kind : std::uint8_t { reference, integer, real, boolean, choice_int, choice_real, choice_act };
inline constexpr int max_rank = 4;
inline constexpr int max_choices = 16;
inline constexpr int max_hps = 64;
inline constexpr std::int16_t open_input = -1;  ///< the input of a block that is not connected yet
inline constexpr std::int16_t unused = -2;

struct op {
  op_kind kind{};
  act activation{};
  init_kind init{};  ///< of the kernel or the table
  init_kind bias_init = init_kind::zeros;
  pad_kind pad{};
  bool use_bias = true;
  bool center = true, scale = true;  ///< batch_norm, layer_norm: beta and gamma exist
  bool frozen = false;               ///< Keras's trainable = false: no update and no penalty; batch_norm runs as in inference
  std::int16_t act_hp = -1, guard = -1;
  std::int16_t in[2]{open_input, unused};
  std::int32_t line = 0;
  std::int32_t rank = 0;  ///< input, reshape: number of axes, without the batch
  /// input, reshape: the axes; dense: [0] = units; convolutions: [0] = filters; depthwise_conv2d: [0] = outputs per input
  /// channel; embedding: [0] = vocabulary, [1] = width
  dim size[max_rank]{};
  dim kernel[2]{}, stride[2]{};                   ///< windows: height, width; conv1d: [0], and 1
  dim dilation[2]{{1, 1, 1, -1}, {1, 1, 1, -1}};  ///< convolutions but the transposed one
  dim groups{1, 1, 1, -1};                        ///< conv1d, conv2d
  dim pad_size[4]{};                              ///< zero_pad: top, bottom, left, right
  dim factor[2]{};                                ///< upsample: height, width
  num rate{};                                     ///< dropout, spatial_dropout, stochastic_depth; gaussian_noise: standard deviation
  num momentum{0.99, -1, 0};                      ///< batch_norm: weight of the old moving value
  num epsilon{1e-3, -1, 0};                       ///< batch_norm, layer_norm: beside the variance
  num act_alpha{};                                ///< leaky_relu: slope (0.2 by default); elu: alpha (1)
  num init_value{}, bias_init_value{};            ///< the value of init and bias_init, where these have one
  num l1{}, l2{};                                 ///< kernel regularizer: l1 * sum|w| + l2 * sum w^2
  num bias_l1{}, bias_l2{};
  expression_t rule{};               ///< of act::own
  num activity_l1{}, activity_l2{};  ///< the same of the output, divided by the rows of the batch
  constraint_t constraint{}, bias_constraint{};
  name_t name{};
  name_t source{};  ///< tap: the layer that is read
};
/// Calls f with every size of an op, and with every number.
template <class Op, class F>
constexpr void for_each_dim(Op& o, F f) {
  for (auto& d : o.size) f(d);
  for (int k = 0; k < 2; ++k) {
    f(o.kernel[k]);
    f(o.stride[k]);
    f(o.dilation[k]);
    f(o.factor[k]);
  }
  f(o.groups);
  for (auto& d : o.pad_size) f(d);
}
template <class Op, class F>
constexpr void for_each_num(Op& o, F f) {
  for (auto* n : {&o.rate, &o.momentum, &o.epsilon, &o.act_alpha, &o.init_value, &o.bias_init_value, &o.l1, &o.l2, &o.bias_l1, &o.bias_l2,
                  &o.activity_l1, &o.activity_l2})
    f(*n);
  for (auto* c : {&o.constraint, &o.bias_constraint})
    for (auto* n : {&c->low, &c->high, &c->rate}) f(*n);
  for (auto& n : o.rule.number) f(n);
}

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
  constexpr std::string_view names[] = {"input",
                                        "flatten",
                                        "reshape",
                                        "dense",
                                        "conv2d",
                                        "max_pool",
                                        "avg_pool",
                                        "global_avg_pool",
                                        "dropout",
                                        "batch_norm",
                                        "activation",
                                        "add",
                                        "concat",
                                        "from",
                                        "either",
                                        "conv1d",
                                        "conv2d_transpose",
                                        "depthwise_conv2d",
                                        "zero_pad",
                                        "upsample",
                                        "global_max_pool",
                                        "layer_norm",
                                        "embedding",
                                        "spatial_dropout",
                                        "gaussian_noise",
                                        "stochastic_depth"};
  static_assert(sizeof names / sizeof names[0] == n_op_kinds);
  return names[static_cast<int>(k)];
}
constexpr std::string_view act_name(act a) {
  constexpr std::string_view names[] = {"linear",    "relu",    "leaky_relu",  "elu",         "gelu",     "silu", "sigmoid",
                                        "tanh",      "softmax", "log_softmax", "softplus",    "softsign", "mish", "hard_sigmoid",
                                        "hard_silu", "selu",    "relu6",       "exponential", "own"};
  static_assert(sizeof names / sizeof names[0] == static_cast<int>(act::own) + 1);
  return names[static_cast<int>(a)];
}
}  // namespace ingot
