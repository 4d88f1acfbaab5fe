#include "import/shrink.hpp"

#include "import/bind.hpp"
#include "import/tables.hpp"
#include "ir/error.hpp"

#include <algorithm>
#include <map>
#include <numeric>
#include <optional>

namespace ingot::codegen {
namespace {

using Kept = std::vector<std::uint32_t>;

std::size_t at(int i) { return static_cast<std::size_t>(i); }

Kept all(std::int64_t n) {
  Kept kept(static_cast<std::size_t>(n));
  std::iota(kept.begin(), kept.end(), 0U);
  return kept;
}
/// `outer` copies of the same choice of channels, one behind the other.
Kept repeated(const Kept& channels, std::int64_t outer, std::int64_t declared) {
  Kept kept;
  for (std::int64_t k = 0; k < outer; ++k)
    for (const std::uint32_t c : channels) kept.push_back(static_cast<std::uint32_t>(k * declared + c));
  return kept;
}
/// Each channel stands for `inner` next to each other.
Kept spread(const Kept& channels, std::int64_t inner) {
  Kept kept;
  for (const std::uint32_t c : channels)
    for (std::int64_t k = 0; k < inner; ++k) kept.push_back(static_cast<std::uint32_t>(c * inner + k));
  return kept;
}

/// Follows the channels that are left through the layers, and notes what that means for their tensors.
class Follower {
 public:
  Follower(const definition_view& d, const double* values, const std::vector<Narrowed>& layers)
      : d_(d), values_(values), layers_(layers), shapes_(at(d.n_ops)), kept_(at(d.n_ops)) {
    if (const diag bad = infer(d, values, shapes_.data())) throw InternalError("shrink: the declared point has no shapes");
  }

  std::map<std::string, std::pair<Kept, Kept>> run() {
    for (int i = 0; i < d_.n_ops; ++i) kept_[at(i)] = follow(i);
    for (int k = 0; k < d_.recipe->n_outputs; ++k) {
      const int i = output_op(d_, k);
      if (reduced(i)) refuse(i, "is an output of the model");
    }
    return std::move(tensors_);
  }

 private:
  [[nodiscard]] std::int64_t channels(int i) const { return shapes_[at(i)].d[shapes_[at(i)].rank - 1]; }
  [[nodiscard]] bool reduced(int i) const { return static_cast<std::int64_t>(kept_[at(i)].size()) < channels(i); }
  [[noreturn]] void refuse(int i, const std::string& why) const {
    throw UserError("filters cannot be left out: " + layer_name(d_, i) + " " + why + "; prune other layers");
  }
  void note(int i, const char* part, Kept rows, Kept cols) { tensors_[layer_name(d_, i) + part] = {std::move(rows), std::move(cols)}; }

  Kept follow(int i) {
    const op& o = d_.ops[i];
    if (o.kind == op_kind::input) return all(channels(i));
    if (const int origin = passes_through(d_, values_, i); origin >= 0) return kept_[at(origin)];
    const int from = o.in[0];
    const Kept& in = kept_[at(from)];
    const shape& s = shapes_[at(from)];
    switch (o.kind) {
      case op_kind::flatten:
        return repeated(in, s.elements() / channels(from), channels(from));
      case op_kind::dense:
      case op_kind::conv1d:
      case op_kind::conv2d:
      case op_kind::conv2d_transpose:
        return weights(i, in);
      case op_kind::depthwise_conv2d:
        return depthwise(i, in);
      case op_kind::add:
        if (in != kept_[at(o.in[1])]) refuse(i, "adds them to others");
        return in;
      case op_kind::concat: {
        Kept both = in;
        for (const std::uint32_t c : kept_[at(o.in[1])]) both.push_back(static_cast<std::uint32_t>(channels(from) + c));
        return both;
      }
      case op_kind::embedding:
        return all(channels(i));
      default:
        return pass(i, in);
    }
  }

  /// Layers that leave channels apart.
  Kept pass(int i, const Kept& in) {
    const op& o = d_.ops[i];
    if (reduced(o.in[0])) {
      if (o.kind == op_kind::reshape) refuse(i, "reshapes them");
      if (o.kind == op_kind::layer_norm) refuse(i, "normalizes them with others");
      check_activation(i);
    }
    if (o.kind == op_kind::batch_norm || o.kind == op_kind::layer_norm)
      for (const char* part : {".gamma", ".beta", ".moving_mean", ".moving_variance"}) note(i, part, {0}, in);
    return o.kind == op_kind::reshape ? all(channels(i)) : in;
  }
  void check_activation(int i) const {
    const act a = activation_of(d_.ops[i], values_);
    if (has_activation(d_.ops[i].kind) && (a == act::softmax || a == act::log_softmax)) refuse(i, "normalizes them with others");
  }

  Kept weights(int i, const Kept& in) {
    const op& o = d_.ops[i];
    const auto named = std::find_if(layers_.begin(), layers_.end(), [&](const Narrowed& n) { return n.layer == layer_name(d_, i); });
    const bool narrower = named != layers_.end();
    Kept out = narrower ? named->kept : all(channels(i));
    if (narrower) check_activation(i);
    const bool grouped = o.kind != op_kind::dense && o.kind != op_kind::conv2d_transpose && eval(o.groups, values_) > 1;
    if (grouped && (narrower || reduced(o.in[0]))) refuse(i, "has groups of channels");
    const std::int64_t cells =
        o.kind == op_kind::dense ? 1 : eval(o.kernel[0], values_) * (o.kind == op_kind::conv1d ? 1 : eval(o.kernel[1], values_));
    if (o.kind == op_kind::conv2d_transpose)
      note(i, ".kernel", repeated(out, cells, channels(i)), in);
    else if (!grouped)
      note(i, ".kernel", repeated(in, cells, channels(o.in[0])), out);
    note(i, ".bias", {0}, out);
    return out;
  }

  Kept depthwise(int i, const Kept& in) {
    const op& o = d_.ops[i];
    const std::int64_t multiplier = eval(o.size[0], values_), cells = eval(o.kernel[0], values_) * eval(o.kernel[1], values_);
    note(i, ".kernel", repeated(in, cells, channels(o.in[0])), all(multiplier));
    Kept out = spread(in, multiplier);
    note(i, ".bias", {0}, out);
    return out;
  }

  const definition_view& d_;
  const double* values_;
  const std::vector<Narrowed>& layers_;
  std::vector<shape> shapes_;
  std::vector<Kept> kept_;  ///< per op: channels of its last axis
  std::map<std::string, std::pair<Kept, Kept>> tensors_;
};

}  // namespace

void narrow(std::vector<op>& ops, const definition_view& d, const std::vector<Narrowed>& layers) {
  for (const Narrowed& n : layers) {
    int found = -1;
    for (int i = 0; i < d.n_ops; ++i)
      if (layer_name(d, i) == n.layer) found = i;
    if (found < 0) throw UserError("filters cannot be left out: the model has no layer '" + n.layer + "'");
    op& o = ops[at(found)];
    if (o.kind != op_kind::dense && o.kind != op_kind::conv1d && o.kind != op_kind::conv2d)
      throw UserError("filters cannot be left out: " + n.layer + " is no dense layer, conv1d or conv2d");
    if (n.size < 1 || (!n.kept.empty() && n.kept.size() != at(n.size)))
      throw UserError("filters cannot be left out: " + n.layer + " would have " + std::to_string(n.size) + " outputs");
    o.size[0] = dim{n.size, 1, 1, -1};
  }
}

std::vector<Selection> select_states(const definition_view& d, const double* values, const std::vector<Narrowed>& layers,
                                     const Graph& smaller) {
  const auto tensors = Follower(d, values, layers).run();
  const Graph declared = bind(d, values, smaller.dtype, false, false).graph;
  std::map<std::string, const StateInfo*> by_name;
  for (const StateInfo& s : declared.states) by_name[s.name] = &s;
  std::vector<Selection> selections;
  for (const StateInfo& s : smaller.states) {
    const StateInfo& was = *by_name.at(s.name);
    const auto known = tensors.find(s.name.substr(0, s.name.find('/')));
    Selection selection{was.rows(), was.cols(), all(was.rows()), all(was.cols())};
    if (known != tensors.end()) std::tie(selection.rows, selection.cols) = known->second;
    if (static_cast<std::int64_t>(selection.rows.size()) != s.rows() || static_cast<std::int64_t>(selection.cols.size()) != s.cols())
      throw InternalError("shrink: " + s.name + " is chosen as " + std::to_string(selection.rows.size()) + " x " +
                          std::to_string(selection.cols.size()));
    selections.push_back(std::move(selection));
  }
  return selections;
}

}  // namespace ingot::codegen
