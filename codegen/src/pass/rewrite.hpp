// How a pass replaces nodes: it walks the old nodes in order and emits new ones; operands and results are renamed on the way.
#pragma once
#include "ir/builder.hpp"

namespace ingot::codegen {

class Rewriter {
 public:
  /// Takes the nodes out of `g`; they are put back, new, by finish().
  explicit Rewriter(Graph& g);
  [[nodiscard]] ValueId old_size() const { return static_cast<ValueId>(old_.size()); }
  [[nodiscard]] const Node& old(ValueId v) const { return old_[static_cast<std::size_t>(v)]; }
  /// New value of an old one.
  [[nodiscard]] ValueId at(ValueId v) const { return map_[static_cast<std::size_t>(v)]; }
  /// Emits old node v as it is, with renamed operands.
  ValueId keep(ValueId v);
  /// From now on `by` (new) stands for old v.
  void replace(ValueId v, ValueId by) { map_[static_cast<std::size_t>(v)] = by; }
  /// Emits into the new graph; named after old node v.
  Builder& builder_for(ValueId v);
  /// Renames the results.
  void finish();

 private:
  Graph& g_;
  std::vector<Node> old_;
  std::vector<ValueId> map_;
  Builder builder_;
};

}  // namespace ingot::codegen
