#include "pass/dead_code.hpp"

#include <utility>

namespace ingot::codegen {
namespace {

/// Depth-first from the results, without recursion: graphs may be deep.
class Order {
 public:
  explicit Order(const Graph& g) : g_(g), seen_(g.nodes.size(), false) { order_.reserve(g.nodes.size()); }

  std::vector<ValueId> run() {
    for (const Result& r : g_.results) reach(r.value);
    return std::move(order_);
  }

 private:
  void push(ValueId v) {
    if (seen_[static_cast<std::size_t>(v)]) return;
    seen_[static_cast<std::size_t>(v)] = true;
    stack_.emplace_back(v, 0);
  }
  void reach(ValueId root) {
    push(root);
    while (!stack_.empty()) {
      auto& [v, operand] = stack_.back();
      const std::vector<ValueId>& in = g_.node(v).in;
      if (operand < in.size()) {
        push(in[operand++]);
      } else {
        order_.push_back(v);
        stack_.pop_back();
      }
    }
  }

  const Graph& g_;
  std::vector<bool> seen_;
  std::vector<std::pair<ValueId, std::size_t>> stack_;
  std::vector<ValueId> order_;
};

}  // namespace

bool dead_code(Graph& g) {
  const std::vector<ValueId> order = Order(g).run();
  bool changed = order.size() != g.nodes.size();
  std::vector<ValueId> now(g.nodes.size(), no_value);
  std::vector<Node> nodes;
  nodes.reserve(order.size());
  for (const ValueId v : order) {
    const auto old = static_cast<std::size_t>(v);
    now[old] = static_cast<ValueId>(nodes.size());
    changed = changed || now[old] != v;
    nodes.push_back(std::move(g.nodes[old]));
    for (ValueId& o : nodes.back().in) o = now[static_cast<std::size_t>(o)];
  }
  g.nodes = std::move(nodes);
  for (Result& r : g.results) r.value = now[static_cast<std::size_t>(r.value)];
  return changed;
}

}  // namespace ingot::codegen
