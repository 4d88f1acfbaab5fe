// Errors as they are made in gradients, each as a change of one node of a gradient graph. Nodes of the gradient are those named
// "<what>/grad".
#pragma once
#include "gradcheck/compiled_model.hpp"
#include "pass/rewrite.hpp"

#include <algorithm>
#include <string_view>
#include <vector>

namespace ingot::test {

/// A node of the gradient before the change.
struct GradientNode {
  const codegen::Graph& g;
  codegen::ValueId v;

  [[nodiscard]] const codegen::Node& node() const { return g.node(v); }
  [[nodiscard]] bool is(codegen::Op op) const { return node().op == op; }
  [[nodiscard]] GradientNode operand(std::size_t k) const { return {g, node().in[k]}; }
  [[nodiscard]] bool in_gradient() const { return node().name.ends_with("/grad"); }
  /// It belongs to the gradient of a node with this op.
  [[nodiscard]] bool of(codegen::Op op) const {
    const std::string_view name(node().name.data(), node().name.size() - std::string_view("/grad").size());
    return std::any_of(g.nodes.begin(), g.nodes.end(), [&](const codegen::Node& n) { return n.op == op && n.name == name; });
  }
  [[nodiscard]] bool is_result() const { return result() != nullptr; }
  /// It is the whole gradient of a parameter.
  [[nodiscard]] bool of_parameter() const {
    const codegen::Result* r = result();
    return r != nullptr && std::any_of(g.states.begin(), g.states.end(), [&](const codegen::StateInfo& s) { return s.name == r->name; });
  }
  [[nodiscard]] bool fits(std::size_t k) const { return operand(k).node().type == node().type; }

 private:
  [[nodiscard]] const codegen::Result* result() const {
    for (const codegen::Result& r : g.results)
      if (r.kind == codegen::ResultKind::output && r.value == v) return &r;
    return nullptr;
  }
};

/// What the change has to work with: `n`, the node as it is in the new graph, where it is the last one.
struct Change {
  codegen::Builder& b;
  codegen::ValueId n;
  [[nodiscard]] codegen::Node& node() const { return b.graph().nodes[static_cast<std::size_t>(n)]; }
  [[nodiscard]] codegen::ValueId in(std::size_t k) const { return node().in[k]; }
  [[nodiscard]] codegen::ValueId times(double factor) const { return b.mul(n, factor); }
};

struct PlantedError {
  std::string_view name;
  bool (*fits)(const GradientNode& n);          ///< whether the error can be made at a node of the gradient
  codegen::ValueId (*change)(const Change& c);  ///< the value that stands for the node from now on
};

/// The nodes of g where the error can be made.
inline std::vector<codegen::ValueId> places(const codegen::Graph& g, const PlantedError& error) {
  std::vector<codegen::ValueId> found;
  for (codegen::ValueId v = 0; v < g.size(); ++v)
    if (const GradientNode n{g, v}; n.in_gradient() && error.fits(n)) found.push_back(v);
  return found;
}

/// Makes the error at the `nth` of its places, or as many places on as there are: graphs of other types or entries may have fewer.
inline GraphEdit planted(const PlantedError& error, std::size_t nth) {
  return [&error, nth](codegen::Graph& g) {
    const std::vector<codegen::ValueId> found = places(g, error);
    if (found.empty()) return;
    const codegen::ValueId place = found[nth % found.size()];
    codegen::Rewriter r(g);
    for (codegen::ValueId v = 0; v < r.old_size(); ++v) {
      const codegen::ValueId kept = r.keep(v);
      if (v == place) r.replace(v, error.change({r.builder_for(v), kept}));
    }
    r.finish();
  };
}

/// All kinds, each by its name.
[[nodiscard]] const std::vector<PlantedError>& planted_errors();

}  // namespace ingot::test
