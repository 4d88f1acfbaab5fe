#include "import/tables.hpp"

#include "autodiff/update.hpp"
#include "ir/error.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace ingot::codegen {
namespace {

// Standard deviation of the standard normal truncated at +-2 (Keras: VarianceScaling).
constexpr double truncated_deviation = 0.87962566103423978;

/// Fans: the last two axes times the cells of the window. Source: compute_fans in keras/src/initializers/random_initializers.py.
/// `value`: of the initializers that have one.
void set_initializer(StateInfo& s, init_kind kind, double value) {
  const std::size_t rank = s.dims.size();
  double cells = 1;
  for (std::size_t k = 0; k + 2 < rank; ++k) cells *= static_cast<double>(s.dims[k]);
  const double in = cells * static_cast<double>(s.dims[rank < 2 ? 0 : rank - 2]), out = cells * static_cast<double>(s.dims[rank - 1]);
  const auto plain = [&](Init init, double number) {
    s.init = init;
    s.init_value = number;
  };
  const auto scaled = [&](double scale, double fan, bool normal) {
    const double variance = scale / std::max(1.0, fan);
    if (normal) return plain(Init::truncated_normal, std::sqrt(variance) / truncated_deviation);
    plain(Init::uniform, std::sqrt(3 * variance));
  };
  switch (kind) {
    case init_kind::glorot_uniform:
      return scaled(1, (in + out) / 2, false);
    case init_kind::glorot_normal:
      return scaled(1, (in + out) / 2, true);
    case init_kind::he_uniform:
      return scaled(2, in, false);
    case init_kind::he_normal:
      return scaled(2, in, true);
    case init_kind::lecun_uniform:
      return scaled(1, in, false);
    case init_kind::lecun_normal:
      return scaled(1, in, true);
    case init_kind::zeros:
    case init_kind::ones:
      return plain(Init::constant, kind == init_kind::ones ? 1 : 0);
    case init_kind::constant:
      return plain(Init::constant, value);
    case init_kind::random_normal:
      return plain(Init::normal, value);
    case init_kind::truncated_normal:
      return plain(Init::truncated_normal, value);
    case init_kind::random_uniform:
      return plain(Init::uniform, value);
    case init_kind::orthogonal:
      return plain(Init::orthogonal, value);
  }
}

std::int32_t add_state(Graph& g, std::string name, std::vector<std::int64_t> dims, Role role) {
  StateInfo s;
  s.name = std::move(name);
  s.dims = std::move(dims);
  s.dtype = g.dtype;
  s.role = role;
  g.states.push_back(std::move(s));
  return static_cast<std::int32_t>(g.states.size() - 1);
}

/// A tensor of a layer that training moves, unless the layer is frozen.
std::int32_t add_parameter(Graph& g, StateTable& t, const op& o, std::string name, std::vector<std::int64_t> dims) {
  const std::int32_t state = add_state(g, std::move(name), std::move(dims), o.frozen ? Role::frozen : Role::parameter);
  if (!o.frozen) t.parameters.push_back(state);
  return state;
}

/// The axes of Keras's kernels.
std::vector<std::int64_t> kernel_dims(const op& o, const double* values, std::int64_t in) {
  const std::int64_t out = eval(o.size[0], values), h = eval(o.kernel[0], values), w = eval(o.kernel[1], values);
  switch (o.kind) {
    case op_kind::conv1d:
      return {h, in / eval(o.groups, values), out};
    case op_kind::conv2d:
      return {h, w, in / eval(o.groups, values), out};
    case op_kind::conv2d_transpose:
      return {h, w, out, in};
    case op_kind::depthwise_conv2d:
      return {h, w, in, out};
    default:
      return {in, out};
  }
}

void add_layer(Graph& g, StateTable& t, const definition_view& d, const double* values, const shape* shapes, std::size_t i) {
  const op& o = d.ops[i];
  const shape& from = shapes[o.in[0]];
  const std::int64_t in = from.d[from.rank - 1], out = eval(o.size[0], values);
  const std::string name = layer_name(d, static_cast<int>(i));
  t.kernel[i] = add_parameter(g, t, o, name + ".kernel", kernel_dims(o, values, in));
  set_initializer(g.states.back(), o.init, eval(o.init_value, values));
  if (!o.use_bias) return;
  t.bias[i] = add_parameter(g, t, o, name + ".bias", {o.kind == op_kind::depthwise_conv2d ? in * out : out});
  set_initializer(g.states.back(), o.bias_init, eval(o.bias_init_value, values));
}

void add_norm(Graph& g, StateTable& t, const definition_view& d, const shape* shapes, std::size_t i) {
  const op& o = d.ops[i];
  const std::string name = layer_name(d, static_cast<int>(i));
  const std::vector<std::int64_t> dims{shapes[i].d[shapes[i].rank - 1]};
  NormStates& b = t.norm[i];
  if (o.scale) {
    b.gamma = add_parameter(g, t, o, name + ".gamma", dims);
    g.states.back().init_value = 1;
  }
  if (o.center) b.beta = add_parameter(g, t, o, name + ".beta", dims);
  if (o.kind == op_kind::layer_norm) return;
  b.mean = add_state(g, name + ".moving_mean", dims, Role::statistic);
  b.variance = add_state(g, name + ".moving_variance", dims, Role::statistic);
  g.states.back().init_value = 1;
}

void add_embedding(Graph& g, StateTable& t, const definition_view& d, const double* values, std::size_t i) {
  const op& o = d.ops[i];
  t.kernel[i] =
      add_parameter(g, t, o, layer_name(d, static_cast<int>(i)) + ".embeddings", {eval(o.size[0], values), eval(o.size[1], values)});
  set_initializer(g.states.back(), o.init, eval(o.init_value, values));
}

void add_statistics(Graph& g, StateTable& t, const definition_view& d, const shape* shapes) {
  for (int i = 0; i < d.n_ops && d.ops[i].kind == op_kind::input; ++i) {
    if (!d.recipe->standardize) {
      t.mean.push_back(-1);
      t.scale.push_back(-1);
      continue;
    }
    const std::string name = layer_name(d, i);
    t.mean.push_back(add_state(g, name + ".mean", {shapes[i].elements()}, Role::statistic));
    t.scale.push_back(add_state(g, name + ".scale", {shapes[i].elements()}, Role::statistic));
    g.states.back().init_value = 1;
  }
}

void add_class_weights(Graph& g, StateTable& t, const definition_view& d, const shape* shapes) {
  if (!d.recipe->balanced_class_weights) return;
  const int i = output_op(d, 0);
  const shape& y = shapes[i];
  const std::int64_t classes = is_binary(d.recipe->loss[0].kind) ? 2 : y.d[y.rank - 1];
  t.class_weights = add_state(g, layer_name(d, i) + ".class_weight", {classes}, Role::statistic);
  g.states.back().init_value = 1;
}

std::int32_t add_slot(Graph& g, std::int32_t parameter, std::string_view name, double init = 0) {
  const StateInfo& owner = g.states[static_cast<std::size_t>(parameter)];
  const std::int32_t slot = add_state(g, owner.name + "/" + std::string(name), owner.dims, Role::slot);
  g.states.back().parameter = parameter;
  g.states.back().init_value = init;
  return slot;
}

/// Per state: does the recipe prune it?
std::vector<bool> pruned_states(const Graph& g, const StateTable& t, const definition_view& d) {
  const prune_t& p = d.recipe->craft.prune;
  std::vector<bool> pruned(g.states.size(), false);
  for (int i = 0; i < d.n_ops && p.form != prune_form::none; ++i) {
    const std::int32_t kernel = t.kernel[static_cast<std::size_t>(i)];
    const bool named = std::any_of(p.layer, p.layer + p.n_layers, [&](const name_t& layer) { return layer == d.ops[i].name; });
    if (kernel >= 0 && is_pruned_kind(d.ops[i].kind) && (named || p.n_layers == 0)) pruned[static_cast<std::size_t>(kernel)] = true;
  }
  return pruned;
}

void add_slots(Graph& g, StateTable& t, const definition_view& d) {
  const recipe_t& r = *d.recipe;
  const std::vector<SlotInfo> slots = slots_of(optimizer_form(r));
  const std::vector<bool> pruned = pruned_states(g, t, d);
  for (const std::int32_t p : t.parameters) {
    t.slots.emplace_back();
    for (const SlotInfo& slot : slots) t.slots.back().push_back(add_slot(g, p, slot.name, slot.init));
    if (accumulates(r)) t.accumulators.push_back(add_slot(g, p, "accumulated"));
    if (r.average) t.averages.push_back(add_slot(g, p, "average"));
    if (r.craft.prune.form != prune_form::none) t.masks.push_back(pruned[static_cast<std::size_t>(p)] ? add_slot(g, p, "mask", 1) : -1);
  }
}

void add_loss_scaling(Graph& g, StateTable& t, const recipe_t& r) {
  if (r.craft.precision.compute != precision_kind::f16) return;
  t.scaling.scale = add_state(g, "loss_scale", {}, Role::slot);
  g.states.back().init_value = r.craft.precision.loss_scale;
  t.scaling.good = add_state(g, "loss_scale.good", {}, Role::slot);
  t.scaling.skipped = add_state(g, "loss_scale.skipped", {}, Role::slot);
}

/// Marks the hyper-parameters that lowering reads as numbers. The learning rate is not among them: it has its own scalar.
std::vector<bool> numbers_read(const definition_view& d) {
  std::vector<bool> read(static_cast<std::size_t>(d.n_hps), false);
  const auto mark = [&](const num& n) {
    if (n.hp >= 0) read[static_cast<std::size_t>(n.hp)] = true;
  };
  for (int i = 0; i < d.n_ops; ++i) for_each_num(d.ops[i], mark);
  const recipe_t& r = *d.recipe;
  for (const num* n : {&r.momentum, &r.beta1, &r.beta2, &r.rho, &r.epsilon, &r.weight_decay, &r.rescale, &r.offset, &r.clip_limit,
                       &r.accumulation, &r.average_momentum, &r.craft.precision.growth})
    mark(*n);
  for (const group_t& group : r.groups) {
    mark(group.rate);
    mark(group.decay);
  }
  for (int k = 0; k < r.n_outputs; ++k) for_each_loss_number(r.loss[k], mark);
  for (const num& n : r.class_weight) mark(n);
  return read;
}

std::vector<std::int64_t> dims_of(const shape& s, int rank) { return {s.d, s.d + rank}; }

}  // namespace

bool is_zero(const num& n) { return n.hp < 0 && n.k == 0; }
OptimizerForm optimizer_form(const recipe_t& r) {
  return {r.optimizer, !is_zero(r.momentum), r.centered, r.amsgrad, r.initial_accumulator};
}
bool accumulates(const recipe_t& r) { return r.accumulation.hp >= 0 || r.accumulation.k > 1; }
const group_t* find_group(const recipe_t& r, std::string_view parameter) {
  for (int k = 0; k < r.n_groups; ++k)
    if (parameter.starts_with(r.groups[k].prefix.view())) return &r.groups[k];
  return nullptr;
}

std::string layer_name(const definition_view& d, int i) {
  const op& o = d.ops[i];
  return o.name.empty() ? std::string(kind_name(o.kind)) + "_" + std::to_string(i) : std::string(o.name.view());
}

StateTable add_states(Graph& g, const definition_view& d, const double* values, const shape* shapes, const std::vector<bool>& needed) {
  StateTable t;
  const auto n = static_cast<std::size_t>(d.n_ops);
  t.kernel.assign(n, -1);
  t.bias.assign(n, -1);
  t.norm.resize(n);
  for (std::size_t i = 0; i < n; ++i) {
    const op& o = d.ops[i];
    if (!needed[i] || !active(d, o.guard, values)) continue;
    if (o.kind == op_kind::dense || is_convolution(o.kind)) add_layer(g, t, d, values, shapes, i);
    if (o.kind == op_kind::batch_norm || o.kind == op_kind::layer_norm) add_norm(g, t, d, shapes, i);
    if (o.kind == op_kind::embedding) add_embedding(g, t, d, values, i);
  }
  add_statistics(g, t, d, shapes);
  add_class_weights(g, t, d, shapes);
  add_slots(g, t, d);
  add_loss_scaling(g, t, *d.recipe);
  return t;
}

void add_scalars(Graph& g, const definition_view& d) {
  const recipe_t& r = *d.recipe;
  g.scalars.push_back({"learning_rate", ScalarKind::rate, -1, 0});
  g.scalars.push_back({"step", ScalarKind::step, -1, 0});
  g.scalars.push_back({"seed_low", ScalarKind::seed_low, -1, 0});
  g.scalars.push_back({"seed_high", ScalarKind::seed_high, -1, 0});
  if (reads_beta_powers(r.optimizer)) {
    if (cycles_momentum(r))
      g.scalars.push_back({"momentum^step", ScalarKind::momentum_power, -1, 0});
    else
      g.scalars.push_back({"beta1^step", ScalarKind::power, r.beta1.hp, r.beta1.hp < 0 ? r.beta1.k : 0});
    g.scalars.push_back({"beta2^step", ScalarKind::power, r.beta2.hp, r.beta2.hp < 0 ? r.beta2.k : 0});
  }
  if (r.optimizer == opt_kind::nadam) {  // behind the powers of beta: add_update's numbers are found by this order
    g.scalars.push_back({"0.96^step", ScalarKind::power, -1, 0.96});
    g.scalars.push_back({"nadam_product", ScalarKind::nadam_product, r.beta1.hp, r.beta1.hp < 0 ? r.beta1.k : 0});
  }
  if (cycles_momentum(r)) g.scalars.push_back({"momentum", ScalarKind::momentum, -1, 0});
  if (accumulates(r)) g.scalars.push_back({"applies", ScalarKind::apply, -1, 0});
  if (r.average) g.scalars.push_back({"update", ScalarKind::update, -1, 0});
  const std::vector<bool> read = numbers_read(d);
  for (int h = 0; h < d.n_hps; ++h)
    if (read[static_cast<std::size_t>(h)] && !d.hps[h].structural)
      g.scalars.push_back({std::string(d.hps[h].name.view()), ScalarKind::hp, h, 0});
}

std::int32_t find_scalar(const Graph& g, ScalarKind kind, std::int32_t hp) {
  for (std::size_t i = 0; i < g.scalars.size(); ++i)
    if (g.scalars[i].kind == kind && (hp < 0 || g.scalars[i].index == hp)) return static_cast<std::int32_t>(i);
  return -1;
}

void add_ports(Graph& g, const definition_view& d, const shape* shapes) {
  const recipe_t& r = *d.recipe;
  // bytes reach the first kernel as they are where the declaration scales them
  const DType input_dtype = r.rescale_on || r.standardize ? DType::u8 : g.dtype;
  for (int i = 0; i < d.n_ops && d.ops[i].kind == op_kind::input; ++i)
    g.inputs.push_back({layer_name(d, i), dims_of(shapes[i], shapes[i].rank), input_dtype});
  for (int k = 0; k < r.n_outputs; ++k) {
    const int i = output_op(d, k);
    const shape& s = shapes[i];
    g.outputs.push_back({layer_name(d, i), dims_of(s, s.rank), g.dtype});
    if (r.loss[k].kind == loss_kind::none) continue;
    const bool classes = r.loss[k].kind == loss_kind::sparse_categorical_crossentropy;
    g.targets.push_back({layer_name(d, i), dims_of(s, classes ? s.rank - 1 : s.rank), classes ? DType::i32 : DType::f32});
  }
  if (r.sample_weights) g.targets.push_back({"sample_weight", {}, DType::f32});
}

}  // namespace ingot::codegen
