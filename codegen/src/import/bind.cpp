#include "import/bind.hpp"

#include "import/binder.hpp"
#include "ir/error.hpp"

#include <ingot/dsl/explain.hpp>
#include <ingot/dsl/space.hpp>

namespace ingot::codegen {
namespace {

void check(const definition_view& d, const double* values, const diag& bad) {
  if (bad) throw UserError(std::string(explain(bad, d, values).view()));
}

std::size_t at(int i) { return static_cast<std::size_t>(i); }

/// Which op's value op i stands for, when it computes nothing itself at this point; -1: it computes.
int passes_through(const definition_view& d, const double* values, int i) {
  const op& o = d.ops[i];
  if (o.kind == op_kind::input) return -1;
  if (!active(d, o.guard, values)) return o.in[0];
  if (o.kind == op_kind::select) return o.in[1];
  return o.kind == op_kind::tap ? o.in[0] : -1;
}

std::vector<bool> needed_ops(const definition_view& d, const double* values) {
  std::vector<bool> needed(at(d.n_ops), false);
  for (int k = 0; k < d.recipe->n_outputs; ++k) needed[at(output_op(d, k))] = true;
  for (int i = d.n_ops - 1; i >= 0; --i) {
    if (!needed[at(i)]) continue;
    const int origin = passes_through(d, values, i);
    if (origin >= 0) {
      needed[at(origin)] = true;
      continue;
    }
    for (const std::int16_t in : d.ops[i].in)
      if (in >= 0) needed[at(in)] = true;
  }
  return needed;
}

}  // namespace

Binder::Binder(const definition_view& d, const double* values, DType dtype, bool training)
    : d_(d), values_(values), training_(training), shapes_(at(d.n_ops)), value_(at(d.n_ops), no_value), b_(bound_.graph) {
  bound_.graph.dtype = dtype;
  check(d, values, check_values(d, values));
  check(d, values, infer(d, values, shapes_.data()));
}

Bound Binder::run(bool with_targets) {
  Graph& g = bound_.graph;
  g.nodes.reserve(256);
  const std::vector<bool> needed = needed_ops(d_, values_);
  add_ports(g, d_, shapes_.data());
  add_scalars(g, d_);
  states_ = add_states(g, d_, values_, shapes_.data(), needed);
  for (int i = 0; i < d_.n_ops; ++i)
    if (needed[at(i)] || d_.ops[i].kind == op_kind::input) {
      value_[at(i)] = bind_op(i);
      note_activity(i);
    }
  for (int k = 0; k < d_.recipe->n_outputs; ++k) add_output(k, with_targets);
  if (d_.recipe->sample_weights && with_targets) {
    b_.set_name("sample_weight");
    bound_.sample_weights = target_leaf({g.dtype, true, 1, 1});
  }
  bound_.class_weights = states_.class_weights;
  bound_.parameters = std::move(states_.parameters);
  bound_.slots = std::move(states_.slots);
  bound_.accumulators = std::move(states_.accumulators);
  bound_.averages = std::move(states_.averages);
  bound_.masks = std::move(states_.masks);
  return std::move(bound_);
}

ValueId Binder::bind_op(int i) {
  if (const int origin = passes_through(d_, values_, i); origin >= 0) return value_[at(origin)];
  const op& o = layer(i);
  switch (o.kind) {
    case op_kind::input:
      return input(i);
    case op_kind::flatten:
    case op_kind::reshape:  // row-major per sample: only the shape changes; whoever needs other extents reshapes
      return value_[at(o.in[0])];
    case op_kind::dense:
      return dense(i);
    case op_kind::batch_norm:
      return batch_norm(i);
    case op_kind::layer_norm:
      return layer_norm(i);
    case op_kind::embedding:
      return embedding(i);
    case op_kind::dropout:
      return dropout(i);
    case op_kind::spatial_dropout:
      return spatial_dropout(i);
    case op_kind::gaussian_noise:
      return gaussian_noise(i);
    case op_kind::stochastic_depth:
      return stochastic_depth(i);
    case op_kind::activation:
      return activation(i, source(i));
    case op_kind::add:
      b_.set_name(layer_name(d_, i));
      return b_.add(as_matrix(o.in[0]), as_matrix(o.in[1]));
    case op_kind::concat:
      b_.set_name(layer_name(d_, i));
      return b_.binary(Op::concat, as_matrix(o.in[0]), as_matrix(o.in[1]));
    default:
      return bind_image(i);
  }
}

ValueId Binder::as_matrix(int i) {
  const shape& s = shapes_[at(i)];
  const std::int64_t cols = s.d[s.rank - 1];
  return b_.reshape(value_[at(i)], s.elements() / cols, cols);
}

std::string Binder::name(int i, std::string_view part) const { return layer_name(d_, i) + "." + std::string(part); }

ValueId Binder::number(const num& n) { return b_.cast(number_value(b_, d_, values_, n), bound_.graph.dtype); }

/// Preprocessing is elementwise. The rows of the leaf are pixels where the input is an image, so that the first window reads
/// it as it comes; statistics of standardization are one row, and so is the leaf then.
ValueId Binder::input(int i) {
  const recipe_t& r = *d_.recipe;
  b_.set_name(layer_name(d_, i));
  Attr attr;
  attr.index = i;
  const shape& s = shapes_[at(i)];
  const std::int64_t pixels = s.rank == 3 && !r.standardize ? static_cast<std::int64_t>(s.d[0]) * s.d[1] : 1;
  ValueId x = b_.node(Op::input, {}, attr, {bound_.graph.dtype, true, pixels, s.elements() / pixels});
  bound_.inputs.push_back(x);
  if (r.standardize) {
    b_.set_name(name(i, "standardize"));
    x = b_.mul(b_.sub(x, b_.state(states_.mean[at(i)])), b_.state(states_.scale[at(i)]));
  }
  if (r.rescale_on) {
    b_.set_name(name(i, "rescale"));
    x = b_.mul(x, number(r.rescale));
    if (!is_zero(r.offset)) x = b_.add(x, number(r.offset));
  }
  return x;
}

ValueId Binder::dense(int i) {
  const ValueId x = source(i), k = kernel(i);
  b_.set_name(name(i, "matmul"));
  return activation(i, add_bias(i, b_.matmul(x, k)));
}

ValueId Binder::kernel(int i) {
  const op& o = layer(i);
  b_.set_name(name(i, "kernel"));
  penalty(states_.kernel[at(i)], o.l1, o.l2);
  if (o.constraint.kind != constraint_kind::none) bound_.constraints.push_back({states_.kernel[at(i)], o.constraint});
  return b_.state(states_.kernel[at(i)]);
}

ValueId Binder::add_bias(int i, ValueId y) {
  if (states_.bias[at(i)] < 0) return y;
  const op& o = d_.ops[i];
  b_.set_name(name(i, "bias"));
  const ValueId bias = b_.state(states_.bias[at(i)]);
  penalty(states_.bias[at(i)], o.bias_l1, o.bias_l2);
  if (o.bias_constraint.kind != constraint_kind::none) bound_.constraints.push_back({states_.bias[at(i)], o.bias_constraint});
  return b_.add(y, bias);
}

void Binder::penalty(std::int32_t state, const num& l1, const num& l2) {
  if (bound_.graph.states[at(state)].role == Role::frozen) return;  // as in Keras: what is not trained is not penalized
  if (!is_zero(l1) || !is_zero(l2)) bound_.penalties.push_back({state, l1, l2});
}

void Binder::note_activity(int i) {
  const op& o = layer(i);
  if (passes_through(d_, values_, i) >= 0 || (is_zero(o.activity_l1) && is_zero(o.activity_l2))) return;
  bound_.activities.push_back({value_[at(i)], o.activity_l1, o.activity_l2, layer_name(d_, i)});
}

void Binder::add_output(int k, bool with_targets) {
  const int i = output_op(d_, k);
  const loss_t& loss = d_.recipe->loss[k];
  BoundOutput out;
  out.value = as_matrix(i);
  out.name = layer_name(d_, i);
  out.loss = &loss;
  if (with_targets && loss.kind != loss_kind::none) {
    b_.set_name(out.name + ".target");
    Type t = b_.type(out.value);
    if (loss.kind == loss_kind::sparse_categorical_crossentropy) t.cols = 1;
    out.target = target_leaf(t);
  }
  bound_.outputs.push_back(std::move(out));
}

ValueId Binder::target_leaf(const Type& t) {
  Attr attr;
  attr.index = targets_++;
  return b_.node(Op::target, {}, attr, t);
}

ValueId number_value(Builder& b, const definition_view& d, const double* values, const num& n) {
  if (n.hp < 0) return b.constant(n.k, DType::f64);
  if (d.hps[n.hp].structural) return b.constant(values[n.hp], DType::f64);
  const std::int32_t scalar = find_scalar(b.graph(), ScalarKind::hp, n.hp);
  if (scalar < 0) throw InternalError("bind: hyper-parameter '" + std::string(d.hps[n.hp].name.view()) + "' has no scalar");
  return b.scalar(scalar);
}

Bound bind(const definition_view& d, const double* values, DType dtype, bool training, bool with_targets) {
  return Binder(d, values, dtype, training).run(with_targets);
}

}  // namespace ingot::codegen
