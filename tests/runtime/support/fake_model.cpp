#include "runtime/support/fake_model.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <deque>
#include <map>
#include <mutex>
#include <random>
#include <string>
#include <tuple>

namespace fake {

std::atomic<bool> break_gradient{false};
std::atomic<bool> break_float32{false};
std::atomic<bool> break_determinism{false};

namespace {

enum Scalar { rate_scalar, step_scalar, seed_low, seed_high, beta1_power, beta2_power, drop_flag, drop_rate, n_scalars };
enum State { mean_state, scale_state, hidden_kernel, hidden_bias, logits_kernel, logits_bias, first_slot, n_states = first_slot + 8 };
constexpr double beta1 = 0.9, beta2 = 0.999, epsilon = 1e-7;

template <class T, int U>
struct Weights {
  T hidden[U][8];  // transposed, padded
  T hidden_bias[U];
  T logits[classes][U];
  T logits_bias[classes];
};

template <class T, int U>
struct Block {
  T mean[inputs], scale[inputs];
  Weights<T, U> w, m, v;
};

template <class T, int U>
struct Arena {
  T x[max_batch][inputs], hidden[max_batch][U], keep[max_batch][U], d_hidden[max_batch][U], d_logits[max_batch][classes];
  double loss[max_batch];
  bool hit[max_batch];
};

std::uint64_t mix(std::uint64_t z) {
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  return z ^ (z >> 31);
}

double dropout_uniform(const double* s, std::uint32_t row, std::uint32_t column) {
  const std::uint64_t seed = static_cast<std::uint64_t>(s[seed_low]) | static_cast<std::uint64_t>(s[seed_high]) << 32;
  const std::uint64_t bits = mix(mix(seed + 0x9e3779b97f4a7c15u * static_cast<std::uint64_t>(s[step_scalar])) + row * 1000003u + column);
  return static_cast<double>(bits >> 11) * 0x1p-53;
}

std::uint32_t row_number(const ingot_call* c, std::uint32_t row) { return c->index != nullptr ? c->index[row] : row; }

template <class T, int U, int Act>
struct Net {
  static constexpr bool relu = Act == 1;
  using B = Block<T, U>;
  using A = Arena<T, U>;

  static void gather(const ingot_call* c, A& a, const B& b, std::uint32_t row) {
    const std::size_t first = std::size_t{row_number(c, row)} * inputs;
    for (std::uint32_t i = 0; i < inputs; ++i) {
      const T raw = c->input_dtypes[0] == INGOT_U8 ? static_cast<T>(static_cast<const std::uint8_t*>(c->inputs[0])[first + i])
                                                   : static_cast<const T*>(c->inputs[0])[first + i];
      a.x[row][i] = (raw - b.mean[i]) * b.scale[i];
    }
  }

  static void forward_column(const ingot_call* c, A& a, const B& b, int u, bool training) {
    for (std::uint32_t row = 0; row < c->rows; ++row) {
      T sum = b.w.hidden_bias[u];
      for (std::uint32_t i = 0; i < inputs; ++i) sum += a.x[row][i] * b.w.hidden[u][i];
      const bool drop = training && c->scalars[drop_flag] != 0;
      const double rate = c->scalars[drop_rate];
      const bool kept = !drop || dropout_uniform(c->scalars, row, static_cast<std::uint32_t>(u)) >= rate;
      a.keep[row][u] = !kept ? T{0} : drop ? static_cast<T>(1 / (1 - rate)) : T{1};
      a.hidden[row][u] = relu ? std::max(sum, T{0}) : std::tanh(sum);
    }
  }

  static void scores(const A& a, const B& b, std::uint32_t row, T* z) {
    for (std::uint32_t k = 0; k < classes; ++k) {
      z[k] = b.w.logits_bias[k];
      for (int u = 0; u < U; ++u) z[k] += a.hidden[row][u] * a.keep[row][u] * b.w.logits[k][u];
    }
  }

  static void loss_row(const ingot_call* c, A& a, const B& b, std::uint32_t row) {
    T z[classes];
    scores(a, b, row, z);
    const std::int32_t label = static_cast<const std::int32_t*>(c->targets[0])[row_number(c, row)];
    const T top = *std::max_element(z, z + classes);
    T sum = 0;
    for (T v : z) sum += std::exp(v - top);
    a.loss[row] = static_cast<double>(std::log(sum) + top - z[label]);
    a.hit[row] = std::max_element(z, z + classes) - z == label;
    for (std::uint32_t k = 0; k < classes; ++k) {
      a.d_logits[row][k] = (std::exp(z[k] - top) / sum - (static_cast<std::int32_t>(k) == label ? T{1} : T{0})) / static_cast<T>(c->rows);
    }
    for (int u = 0; u < U; ++u) {
      T d = 0;
      for (std::uint32_t k = 0; k < classes; ++k) d += a.d_logits[row][k] * b.w.logits[k][u];
      const T h = a.hidden[row][u];
      a.d_hidden[row][u] = d * a.keep[row][u] * (relu ? (h > 0 ? T{1} : T{0}) : 1 - h * h);
    }
  }

  template <class Work>
  static void groups(std::uint32_t n, std::uint32_t thread, std::uint32_t threads, Work work) {
    for (std::uint32_t g = thread; g < n; g += threads) work(g);
  }

  static void forward(const ingot_call* c, std::uint32_t t, std::uint32_t n, bool training) {
    A& a = *static_cast<A*>(c->arena);
    const B& b = *static_cast<const B*>(c->state);
    groups(c->rows, t, n, [&](std::uint32_t row) { gather(c, a, b, row); });
    c->barrier(c->team, t);
    groups(U, t, n, [&](std::uint32_t u) { forward_column(c, a, b, static_cast<int>(u), training); });
    c->barrier(c->team, t);
  }

  static void metrics(const ingot_call* c, const A& a) {
    double loss = 0, hits = 0;
    for (std::uint32_t row = 0; row < c->rows; ++row) {
      loss += a.loss[row];
      hits += a.hit[row] ? 1 : 0;
    }
    c->metrics[0] = loss / c->rows;
    c->metrics[1] = hits / c->rows;
  }

  static void adam(const ingot_call* c, T gradient, T& w, T& m, T& v) {
    const double* s = c->scalars;
    const T alpha = static_cast<T>(s[rate_scalar] * std::sqrt(1 - s[beta2_power]) / (1 - s[beta1_power]));
    m += (gradient - m) * static_cast<T>(1 - beta1);
    v += (gradient * gradient - v) * static_cast<T>(1 - beta2);
    w -= alpha * m / (std::sqrt(v) + static_cast<T>(epsilon));
  }

  // Gradients of column u of both kernels; `at(kind, i, gradient)` receives them.
  template <class At>
  static void column_gradients(const ingot_call* c, const A& a, std::uint32_t u, At at) {
    T bias = 0;
    for (std::uint32_t i = 0; i < inputs; ++i) {
      T sum = 0;
      for (std::uint32_t r = 0; r < c->rows; ++r) sum += a.x[r][i] * a.d_hidden[r][u];
      at(hidden_kernel, i, sum);
    }
    for (std::uint32_t r = 0; r < c->rows; ++r) bias += a.d_hidden[r][u];
    at(hidden_bias, 0u, bias);
    for (std::uint32_t k = 0; k < classes; ++k) {
      T sum = 0;
      for (std::uint32_t r = 0; r < c->rows; ++r) sum += a.hidden[r][u] * a.keep[r][u] * a.d_logits[r][k];
      at(logits_kernel, k, sum);
    }
  }

  static T last_bias_gradient(const ingot_call* c, const A& a, std::uint32_t k) {
    T sum = 0;
    for (std::uint32_t r = 0; r < c->rows; ++r) sum += a.d_logits[r][k];
    return sum;
  }

  static void train(const ingot_call* c, std::uint32_t t, std::uint32_t n) {
    forward(c, t, n, true);
    A& a = *static_cast<A*>(c->arena);
    B& b = *static_cast<B*>(c->state);
    groups(c->rows, t, n, [&](std::uint32_t row) { loss_row(c, a, b, row); });
    c->barrier(c->team, t);
    groups(U + 1, t, n, [&](std::uint32_t u) {
      if (u == U) {
        for (std::uint32_t k = 0; k < classes; ++k) {
          adam(c, last_bias_gradient(c, a, k), b.w.logits_bias[k], b.m.logits_bias[k], b.v.logits_bias[k]);
        }
        return;
      }
      column_gradients(c, a, u, [&](State kind, std::uint32_t i, T g) {
        if (kind == hidden_kernel) adam(c, g, b.w.hidden[u][i], b.m.hidden[u][i], b.v.hidden[u][i]);
        if (kind == hidden_bias) adam(c, g, b.w.hidden_bias[u], b.m.hidden_bias[u], b.v.hidden_bias[u]);
        if (kind == logits_kernel) adam(c, g, b.w.logits[i][u], b.m.logits[i][u], b.v.logits[i][u]);
      });
    });
    if (t == 0) metrics(c, a);
  }

  static void evaluate(const ingot_call* c, std::uint32_t t, std::uint32_t n) {
    forward(c, t, n, false);
    A& a = *static_cast<A*>(c->arena);
    groups(c->rows, t, n, [&](std::uint32_t row) { loss_row(c, a, *static_cast<const B*>(c->state), row); });
    c->barrier(c->team, t);
    if (t == 0) metrics(c, a);
  }

  static void predict(const ingot_call* c, std::uint32_t t, std::uint32_t n) {
    forward(c, t, n, false);
    groups(c->rows, t, n, [&](std::uint32_t row) {
      scores(*static_cast<A*>(c->arena), *static_cast<const B*>(c->state), row,
             static_cast<T*>(c->outputs[0]) + std::size_t{row} * classes);
    });
  }

  static void gradient(const ingot_call* c, std::uint32_t t, std::uint32_t n) {
    forward(c, t, n, true);
    A& a = *static_cast<A*>(c->arena);
    const B& b = *static_cast<const B*>(c->state);
    groups(c->rows, t, n, [&](std::uint32_t row) { loss_row(c, a, b, row); });
    c->barrier(c->team, t);
    const auto out = [&](std::uint32_t i) { return static_cast<T*>(c->outputs[i]); };
    groups(U, t, n, [&](std::uint32_t u) {
      column_gradients(c, a, u, [&](State kind, std::uint32_t i, T g) {
        if (kind == hidden_kernel) out(0)[i * U + u] = g;
        if (kind == hidden_bias) out(1)[u] = break_float32 && sizeof(T) == sizeof(float) ? g * T(1.01) : g;
        if (kind == logits_kernel) out(2)[u * classes + i] = g;
      });
    });
    if (t != 0) return;
    for (std::uint32_t k = 0; k < classes; ++k) out(3)[k] = last_bias_gradient(c, a, k);
    if (break_gradient) out(3)[classes - 1] = 0;
    for (std::uint32_t r = 0; r < c->rows; ++r) {
      for (std::uint32_t i = 0; i < inputs; ++i) {
        T sum = 0;
        for (int u = 0; u < U; ++u) sum += a.d_hidden[r][u] * b.w.hidden[u][i];
        out(4)[r * inputs + i] = sum * b.scale[i];
      }
    }
    metrics(c, a);
    static std::atomic<int> calls{0};
    if (break_determinism) c->metrics[0] += 1e-9 * calls++;
  }

  static T* vector_of(Weights<T, U>& w, std::uint32_t i) { return i == hidden_bias ? w.hidden_bias : w.logits_bias; }

  template <class Move>  // move(private element, canonical index)
  static void walk(Weights<T, U>& w, std::uint32_t i, Move move) {
    if (i == hidden_kernel) {
      for (int u = 0; u < U; ++u) {
        for (std::uint32_t k = 0; k < inputs; ++k) move(w.hidden[u][k], k * U + static_cast<std::uint32_t>(u));
      }
    } else if (i == logits_kernel) {
      for (std::uint32_t k = 0; k < classes; ++k) {
        for (int u = 0; u < U; ++u) move(w.logits[k][u], static_cast<std::uint32_t>(u) * classes + k);
      }
    } else {
      for (std::uint32_t k = 0; k < (i == hidden_bias ? U : classes); ++k) move(vector_of(w, i)[k], k);
    }
  }

  template <class Move>
  static void walk_state(B& b, std::uint32_t i, Move move) {
    if (i < hidden_kernel) {
      for (std::uint32_t k = 0; k < inputs; ++k) move((i == mean_state ? b.mean : b.scale)[k], k);
    } else if (i < first_slot) {
      walk(b.w, i, move);
    } else {
      walk((i - first_slot) % 2 == 0 ? b.m : b.v, hidden_kernel + (i - first_slot) / 2, move);
    }
  }

  static void pack(void* state, std::uint32_t i, const void* canonical) {
    walk_state(*static_cast<B*>(state), i, [&](T& element, std::uint32_t at) { element = static_cast<const T*>(canonical)[at]; });
  }
  static void unpack(const void* state, std::uint32_t i, void* canonical) {
    B copy;
    std::memcpy(&copy, state, sizeof copy);
    walk_state(copy, i, [&](T& element, std::uint32_t at) { static_cast<T*>(canonical)[at] = element; });
  }
};

constexpr std::array<ingot_scalar, n_scalars> scalars = {{{"learning_rate", INGOT_SCALAR_RATE, -1, 0},
                                                          {"step", INGOT_SCALAR_STEP, -1, 0},
                                                          {"seed.low", INGOT_SCALAR_SEED_LOW, -1, 0},
                                                          {"seed.high", INGOT_SCALAR_SEED_HIGH, -1, 0},
                                                          {"beta1^t", INGOT_SCALAR_POWER, -1, beta1},
                                                          {"beta2^t", INGOT_SCALAR_POWER, -1, beta2},
                                                          {"drop", INGOT_SCALAR_HP, 3, 0},
                                                          {"rate", INGOT_SCALAR_HP, 4, 0}}};

constexpr std::array<const char*, 2> metric_names = {"loss", "accuracy"};
constexpr std::array<ingot_kernel, 1> kernels = {{{"net", "matmul add", "contraction", 0, 4, 1000, 2000, 5000, ""}}};

ingot_tensor tensor(const char* name, std::uint32_t dtype, std::vector<std::uint32_t> dims) {
  ingot_tensor t = {};
  t.name = name;
  t.dtype = dtype;
  t.rank = static_cast<std::uint32_t>(dims.size());
  t.elements = 1;
  for (std::size_t d = 0; d < dims.size(); ++d) t.elements *= t.dims[d] = dims[d];
  return t;
}

struct Built {
  std::array<ingot_state, n_states> states = {};
  std::array<ingot_tensor, 5> results = {};
  std::array<ingot_entry, 4> entries = {};
  std::string hash;
  ingot_program program = {};
};

ingot_entry entry(std::uint32_t kind, void (*run)(const ingot_call*, std::uint32_t, std::uint32_t), std::uint64_t arena) {
  ingot_entry e = {};
  e.kind = kind;
  e.n_metrics = kind == INGOT_PREDICT ? 0 : 2;
  e.metrics = metric_names.data();
  e.n_kernels = kernels.size();
  e.kernels = kernels.data();
  e.arena_bytes = e.unlimited_arena_bytes = arena;
  e.phases = 3;
  e.run = run;
  return e;
}

void fill_states(Built& p, std::uint32_t dtype, std::uint32_t units) {
  const auto state = [](ingot_tensor t, std::uint32_t role, std::uint32_t init, double value, std::int32_t parameter) {
    return ingot_state{t, role, init, value, parameter};
  };
  const double limit1 = std::sqrt(6.0 / (inputs + units)), limit2 = std::sqrt(6.0 / (units + classes));
  p.states[mean_state] = state(tensor("input.mean", dtype, {inputs}), INGOT_STATISTIC, INGOT_INIT_CONSTANT, 0, -1);
  p.states[scale_state] = state(tensor("input.scale", dtype, {inputs}), INGOT_STATISTIC, INGOT_INIT_CONSTANT, 1 / 255., -1);
  p.states[hidden_kernel] = state(tensor("hidden.kernel", dtype, {inputs, units}), INGOT_PARAMETER, INGOT_INIT_UNIFORM, limit1, -1);
  p.states[hidden_bias] = state(tensor("hidden.bias", dtype, {units}), INGOT_PARAMETER, INGOT_INIT_CONSTANT, 0, -1);
  p.states[logits_kernel] = state(tensor("logits.kernel", dtype, {units, classes}), INGOT_PARAMETER, INGOT_INIT_UNIFORM, limit2, -1);
  p.states[logits_bias] = state(tensor("logits.bias", dtype, {classes}), INGOT_PARAMETER, INGOT_INIT_CONSTANT, 0, -1);
  static constexpr std::array<const char*, 8> slots = {"hidden.kernel/adam.m", "hidden.kernel/adam.v", "hidden.bias/adam.m",
                                                       "hidden.bias/adam.v",   "logits.kernel/adam.m", "logits.kernel/adam.v",
                                                       "logits.bias/adam.m",   "logits.bias/adam.v"};
  for (std::uint32_t s = 0; s < slots.size(); ++s) {
    ingot_tensor t = p.states[hidden_kernel + s / 2].tensor;
    t.name = slots[s];
    p.states[first_slot + s] = state(t, INGOT_SLOT, INGOT_INIT_CONSTANT, 0, static_cast<std::int32_t>(hidden_kernel + s / 2));
  }
}

template <class T, int U, int Act>
void build(Built& p, std::uint32_t batch) {
  using N = Net<T, U, Act>;
  const std::uint32_t dtype = sizeof(T) == 8 ? INGOT_F64 : INGOT_F32;
  fill_states(p, dtype, U);
  for (std::uint32_t i = 0; i < 4; ++i) p.results[i] = p.states[hidden_kernel + i].tensor;
  p.results[4] = tensor("input", dtype, {inputs});
  const std::uint64_t arena = sizeof(typename N::A);
  p.entries = {entry(INGOT_TRAIN, N::train, arena), entry(INGOT_EVALUATE, N::evaluate, arena), entry(INGOT_PREDICT, N::predict, arena),
               entry(INGOT_GRADIENT, N::gradient, arena)};
  p.entries[3].n_results = p.results.size();
  p.entries[3].results = p.results.data();
  p.hash = "fake-" + std::to_string(U) + "-" + std::to_string(Act) + "-" + std::to_string(batch) + (sizeof(T) == 8 ? "-f64" : "-f32");
  ingot_program& g = p.program;
  g.dtype = dtype;
  g.batch = batch;
  g.n_states = n_states;
  g.n_scalars = n_scalars;
  g.n_entries = p.entries.size();
  g.states = p.states.data();
  g.scalars = scalars.data();
  g.entries = p.entries.data();
  g.state_bytes = sizeof(typename N::B);
  g.pack = N::pack;
  g.unpack = N::unpack;
  g.target = "x86-64-v3";
  g.plan_hash = p.hash.c_str();
  g.plan = "phase 0: net\n";
}

template <class T, int Act>
bool build_units(Built& p, int units, std::uint32_t batch) {
  switch (units) {
    case 2:
      build<T, 2, Act>(p, batch);
      return true;
    case 4:
      build<T, 4, Act>(p, batch);
      return true;
    case 6:
      build<T, 6, Act>(p, batch);
      return true;
    case 8:
      build<T, 8, Act>(p, batch);
      return true;
    default:
      return false;
  }
}

bool build_point(Built& p, int units, int act, std::uint32_t batch, std::uint32_t dtype) {
  if (dtype == INGOT_F64) return act == relu_act ? build_units<double, 1>(p, units, batch) : build_units<double, 0>(p, units, batch);
  return act == relu_act ? build_units<float, 1>(p, units, batch) : build_units<float, 0>(p, units, batch);
}

std::array<ingot_hp, 5> make_hps() {
  std::array<ingot_hp, 5> h = {};
  for (ingot_hp& hp : h) hp.guard = -1;
  h[0].name = "units", h[0].kind = INGOT_HP_INTEGER, h[0].structural = 1, h[0].low = 2, h[0].high = 8, h[0].step = 2, h[0].initial = 4;
  h[1].name = "learning_rate", h[1].kind = INGOT_HP_CHOICE_REAL, h[1].n_choices = 3, h[1].initial = 0.01;
  h[1].choices[0] = 0.1, h[1].choices[1] = 0.01, h[1].choices[2] = 0.001;
  h[2].name = "act", h[2].kind = INGOT_HP_CHOICE_LABEL, h[2].structural = 1, h[2].n_choices = 2;
  h[2].choices[0] = h[2].initial = tanh_act, h[2].choices[1] = relu_act, h[2].labels[0] = "tanh", h[2].labels[1] = "relu";
  h[3].name = "drop", h[3].kind = INGOT_HP_BOOLEAN, h[3].high = 1;
  h[4].name = "rate", h[4].kind = INGOT_HP_REAL, h[4].guard = 0, h[4].low = 0.1, h[4].high = 0.5, h[4].initial = 0.25;
  return h;
}

ingot_recipe make_recipe() {
  ingot_recipe r = {};
  const auto constant = [](double k) { return ingot_num{k, -1, 0}; };
  r.optimizer = "adam", r.learning_rate = {0, 1, 0};
  r.batch = constant(default_batch), r.epochs = constant(5), r.validation = constant(0);
  r.stop_patience = r.stop_min_delta = r.stop_baseline = constant(0);
  ingot_schedule& s = r.schedule;
  for (ingot_num* n :
       {&s.length.n, &s.warmup.n, &s.warmup_start, &s.factor, &s.end, &s.power, &s.alpha, &s.t_mul, &s.m_mul, &s.rise, &s.div, &s.final_div,
        &r.plateau.factor, &r.plateau.patience, &r.plateau.min_delta, &r.plateau.cooldown, &r.plateau.min_rate})
    *n = constant(0);
  r.accumulation = constant(1), r.craft.pixel_high = constant(255);
  r.craft.pixel_low = r.craft.mixup = r.craft.cutmix = constant(0);
  r.search = 1, r.objective = INGOT_VAL_ACCURACY, r.max_trials = 10, r.executions_per_trial = 1;
  return r;
}

struct Parts {
  std::array<ingot_hp, 5> hps = make_hps();
  std::array<ingot_guard, 1> guards = {{{3, -1, 0, 1}}};
  std::array<ingot_tensor, 1> in = {tensor("input", INGOT_U8, {inputs})}, target = {tensor("label", INGOT_I32, {})},
                              out = {tensor("scores", INGOT_F32, {classes})};
  std::array<const char*, 1> losses = {"sparse_categorical_crossentropy"}, activations = {"linear"};
  std::array<std::uint32_t, 1> n_classes = {classes}, from_logits = {1};
  std::array<ingot_layer, 2> layers = {{{"hidden", "dense", "(4)", 28}, {"logits", "dense", "(3)", 15}}};
  std::array<ingot_point, 2> points = {};
  ingot_model model = {};

  Parts() {
    const ingot_program* f32 = program(4, tanh_act, default_batch, INGOT_F32);
    const ingot_program* f64 = program(4, tanh_act, default_batch, INGOT_F64);
    points = {{{"x86-64-v3", f32, f64, nullptr}, {"x86-64-v4", f32, f64, nullptr}}};
    model.abi_version = INGOT_ABI_VERSION;
    model.n_inputs = model.n_targets = model.n_outputs = 1;
    model.n_hps = hps.size(), model.n_guards = guards.size(), model.n_layers = layers.size(), model.n_points = points.size();
    model.name = "fake";
    model.inputs = in.data(), model.targets = target.data(), model.outputs = out.data();
    model.losses = losses.data(), model.classes = n_classes.data();
    model.output_activations = activations.data(), model.from_logits = from_logits.data();
    model.hps = hps.data(), model.guards = guards.data();
    model.recipe = make_recipe();
    model.layers = layers.data(), model.points = points.data();
    model.proof = "every point of the space is sound";
    model.definition = "fake", model.definition_bytes = 4;
    model.space_hash = 0x1234567890abcdefu;
  }
};

}  // namespace

const ingot_program* program(int units, int act, std::uint32_t batch, std::uint32_t dtype) {
  static std::mutex mutex;
  static std::map<std::tuple<int, int, std::uint32_t, std::uint32_t>, Built> all;
  const std::lock_guard lock(mutex);
  const auto [it, fresh] = all.try_emplace({units, act, batch, dtype});
  if (fresh && (batch == 0 || batch > max_batch || !build_point(it->second, units, act, batch, dtype))) {
    all.erase(it);
    return nullptr;
  }
  return &it->second.program;
}

const ingot_model& model() {
  static const Parts parts;
  return parts.model;
}

const ingot_model& standardized_model() {
  static const ingot_model copy = [] {
    ingot_model m = model();
    m.recipe.standardize = 1;
    return m;
  }();
  return copy;
}

Data data(std::uint32_t rows, std::uint32_t seed) {
  std::mt19937 random(seed);
  Data d;
  for (std::uint32_t r = 0; r < rows; ++r) {
    int a = 0, b = 0;
    for (std::uint32_t i = 0; i < inputs; ++i) {
      const auto pixel = static_cast<std::uint8_t>(random() % 256);
      d.pixels.push_back(pixel);
      (i < inputs / 2 ? a : b) += pixel;
    }
    const int rule = a > b + 100 ? 0 : b > a + 100 ? 1 : 2;
    d.labels.push_back(random() % 20 == 0 ? static_cast<int>(random() % classes) : rule);
  }
  return d;
}

}  // namespace fake
