#include "host/model_tables.hpp"

#include "cache/content_hash.hpp"
#include "host/definition_bytes.hpp"
#include "host/recipe_tables.hpp"
#include "ir/error.hpp"

#include <ingot/dsl/explain.hpp>

#include <algorithm>
#include <sstream>

namespace ingot::codegen {

std::vector<double> initial_point(const definition_view& d) {
  std::vector<double> values(static_cast<std::size_t>(d.n_hps));
  initial_values(d, values.data());
  return values;
}

std::string proof_sentence(const definition_view& d) {
  double count = 1;
  bool continuous = false;
  for (std::int32_t i = 0; i < d.n_hps; ++i) {
    count *= static_cast<double>(points(d.hps[i]));
    continuous |= d.hps[i].kind == hp_kind::real;
  }
  if (d.n_hps == 0) return "the shapes of the network were proven when the declaration was compiled";
  std::ostringstream text;
  text.precision(15);
  text << "valid at every one of " << count << (continuous ? " points (real ranges counted once)" : " points")
       << ", proven when the declaration was compiled";
  return text.str();
}

std::uint64_t space_hash(const definition_view& d) {
  std::ostringstream text;
  text.precision(17);
  for (std::int32_t i = 0; i < d.n_hps; ++i) {
    const hp_t& hp = d.hps[i];
    text << hp.name.view() << ' ' << static_cast<int>(hp.kind) << ' ' << hp.log << ' ' << hp.guard << ' ';
    if (is_choice(hp.kind))
      for (std::int32_t k = 0; k < hp.n; ++k) text << hp.v[k] << ' ';
    else
      text << hp.lo << ' ' << hp.hi << ' ' << hp.step;
    text << '\n';
  }
  for (std::int32_t i = 0; i < d.n_guards; ++i)
    text << d.guards[i].hp << ' ' << d.guards[i].parent << ' ' << d.guards[i].ge << ' ' << d.guards[i].eq << '\n';
  const ContentHash hash = content_hash(text.str());
  return hash[0] ^ hash[1];
}

std::vector<shape> shapes_at(const definition_view& d, const std::vector<double>& values) {
  std::vector<shape> shapes(static_cast<std::size_t>(d.n_ops));
  diag bad = check_values(d, values.data());
  if (!bad) bad = infer(d, values.data(), shapes.data());
  if (bad) throw UserError(std::string(explain(bad, d, values.data()).view()));
  return shapes;
}

ModelTables::ModelTables(const definition_view& d, const Graph& graph, std::vector<PointTables> points)
    : sources_(std::move(points)), definition_(definition_to_bytes(d)) {
  const std::vector<double> values = initial_point(d);
  const std::vector<shape> shapes = shapes_at(d, values);
  model_.abi_version = INGOT_ABI_VERSION;
  model_.name = pool_.keep(d.name);
  add_ports(graph);
  add_outputs(d, values, shapes);
  add_space(d, values);
  add_layers(d, values, shapes, graph);
  add_points();
  model_.recipe = make_recipe(pool_, *d.recipe);
  model_.proof = pool_.keep(proof_sentence(d));
  model_.definition = definition_.data();
  model_.definition_bytes = definition_.size();
  model_.space_hash = space_hash(d);
}

void ModelTables::add_ports(const Graph& graph) {
  const auto fill = [this](std::vector<ingot_tensor>& tensors, const std::vector<PortInfo>& ports) {
    for (const PortInfo& port : ports) tensors.push_back(make_tensor(pool_, port.name, port.dims, port.dtype));
    return static_cast<std::uint32_t>(tensors.size());
  };
  model_.n_inputs = fill(inputs_, graph.inputs);
  model_.n_targets = fill(targets_, graph.targets);
  model_.n_outputs = fill(outputs_, graph.outputs);
  model_.inputs = inputs_.data();
  model_.targets = targets_.data();
  model_.outputs = outputs_.data();
}

void ModelTables::add_outputs(const definition_view& d, const std::vector<double>& values, const std::vector<shape>& shapes) {
  for (std::int32_t k = 0; k < d.recipe->n_outputs; ++k) {
    const loss_t& loss = d.recipe->loss[k];
    const int op = output_op(d, k);
    const shape& out = shapes[static_cast<std::size_t>(op)];
    losses_.push_back(pool_.keep(loss_name(loss.kind)));
    activations_.push_back(pool_.keep(act_name(detail::activation_behind(d, op, values.data()))));
    from_logits_.push_back(loss.from_logits ? 1 : 0);
    const bool classes = is_categorical(loss.kind);
    const bool binary = is_binary(loss.kind);
    classes_.push_back(classes ? static_cast<std::uint32_t>(out.d[out.rank - 1]) : binary ? 1 : 0);
  }
  model_.losses = losses_.data();
  model_.output_activations = activations_.data();
  model_.from_logits = from_logits_.data();
  model_.classes = classes_.data();
}

void ModelTables::add_space(const definition_view& d, const std::vector<double>& values) {
  for (std::int32_t i = 0; i < d.n_hps; ++i) hps_.push_back(make_hp(pool_, d.hps[i], values[static_cast<std::size_t>(i)]));
  for (std::int32_t i = 0; i < d.n_guards; ++i) guards_.push_back({d.guards[i].hp, d.guards[i].parent, d.guards[i].ge, d.guards[i].eq});
  model_.n_hps = static_cast<std::uint32_t>(hps_.size());
  model_.n_guards = static_cast<std::uint32_t>(guards_.size());
  model_.hps = hps_.data();
  model_.guards = guards_.data();
}

namespace {

std::uint64_t parameters_of(const Graph& graph, std::string_view layer) {
  std::uint64_t count = 0;
  for (const StateInfo& state : graph.states) {
    const bool mine = state.name.size() > layer.size() && state.name.starts_with(layer) && state.name[layer.size()] == '.';
    if ((state.role == Role::parameter || state.role == Role::frozen) && mine)
      count += static_cast<std::uint64_t>(state.rows() * state.cols());
  }
  return count;
}

std::string shape_text(const shape& s) {
  std::string text = "(";
  for (std::int32_t k = 0; k < s.rank; ++k) text += (k > 0 ? "x" : "") + std::to_string(s.d[k]);
  return text + ")";
}

}  // namespace

void ModelTables::add_layers(const definition_view& d, const std::vector<double>& values, const std::vector<shape>& shapes,
                             const Graph& graph) {
  for (std::int32_t i = 0; i < d.n_ops; ++i) {
    const op& o = d.ops[i];
    if (!active(d, o.guard, values.data())) continue;
    layers_.push_back({pool_.keep(o.name.view()), pool_.keep(kind_name(o.kind)),
                       pool_.keep(shape_text(shapes[static_cast<std::size_t>(i)])), parameters_of(graph, o.name.view())});
  }
  model_.n_layers = static_cast<std::uint32_t>(layers_.size());
  model_.layers = layers_.data();
}

void ModelTables::add_points() {
  for (const PointTables& source : sources_)
    points_.push_back({pool_.keep(source.target), source.f32 ? &source.f32->program() : nullptr,
                       source.f64 ? &source.f64->program() : nullptr, source.device ? &source.device->program() : nullptr});
  model_.n_points = static_cast<std::uint32_t>(points_.size());
  model_.points = points_.data();
}

}  // namespace ingot::codegen
