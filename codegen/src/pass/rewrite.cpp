#include "pass/rewrite.hpp"

#include <utility>

namespace ingot::codegen {

Rewriter::Rewriter(Graph& g) : g_(g), old_(std::exchange(g.nodes, {})), map_(old_.size(), no_value), builder_(g) {
  g_.nodes.reserve(old_.size() + old_.size() / 4);
}

ValueId Rewriter::keep(ValueId v) {
  Node& n = old_[static_cast<std::size_t>(v)];
  std::vector<ValueId> in = n.in;
  for (ValueId& o : in) o = at(o);
  const ValueId now = g_.add(n.op, n.type, std::move(in), n.attr, n.name);
  replace(v, now);
  return now;
}

Builder& Rewriter::builder_for(ValueId v) {
  builder_.set_name(old(v).name);
  return builder_;
}

void Rewriter::finish() {
  for (Result& r : g_.results) r.value = at(r.value);
}

}  // namespace ingot::codegen
