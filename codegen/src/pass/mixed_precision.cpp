#include "pass/mixed_precision.hpp"

#include "ir/op_info.hpp"
#include "pass/dead_code.hpp"
#include "pass/rewrite.hpp"

#include <algorithm>

namespace ingot::codegen {
namespace {

std::size_t at(ValueId v) { return static_cast<std::size_t>(v); }

bool is_product(Op op) {
  switch (op) {
    case Op::matmul:
    case Op::conv:
    case Op::conv_kernel_gradient:
    case Op::depthwise_conv:
    case Op::depthwise_kernel_gradient:
      return true;
    default:
      return false;
  }
}

/// Windows that lie side by side only: where they overlap, parts would be added in the low dtype.
bool is_selection(const Node& n) { return n.op == Op::max_pool || (n.op == Op::max_pool_gradient && n.attr.window.disjoint()); }

/// What is done with each value of the graph.
class Categories {
 public:
  explicit Categories(const Graph& g) : g_(g), uses_(use_counts(g)), last_(g.nodes.size()), behind_(last_), exact_(last_), rounded_(last_) {
    find_last_layer();
    find_rounded();
  }
  [[nodiscard]] bool low_product(ValueId v) const { return is_product(g_.node(v).op) && !exact_product(v); }
  [[nodiscard]] bool rounded(ValueId v) const { return rounded_[at(v)]; }

 private:
  [[nodiscard]] bool exact_product(ValueId v) const { return exact_[at(v)]; }

  /// Products that the loss (metric 0), or the outputs of a graph without one, are made of; what depends on them; the products that read
  /// that.
  void find_last_layer() {
    const auto is_loss = [](const Result& r) { return r.kind == ResultKind::metric && r.index == 0; };
    const bool measured = std::any_of(g_.results.begin(), g_.results.end(), is_loss);
    std::vector<bool> made_of(g_.nodes.size(), false);
    for (const Result& r : g_.results)
      if (measured ? is_loss(r) : r.kind == ResultKind::output) made_of[at(r.value)] = true;
    for (ValueId v = g_.size() - 1; v >= 0; --v) {
      if (!made_of[at(v)]) continue;
      last_[at(v)] = is_product(g_.node(v).op);
      if (last_[at(v)]) continue;
      for (const ValueId in : g_.node(v).in) made_of[at(in)] = true;
    }
    for (ValueId v = 0; v < g_.size(); ++v) {
      const auto& in = g_.node(v).in;
      const bool depends = std::any_of(in.begin(), in.end(), [&](ValueId o) { return last_[at(o)] || behind_[at(o)]; });
      const bool product = is_product(g_.node(v).op);
      behind_[at(v)] = depends && !product;
      exact_[at(v)] = last_[at(v)] || (depends && product);
    }
  }

  [[nodiscard]] bool may_round(ValueId v) const {
    return g_.type(v).batched && g_.type(v).dtype == DType::f32 && !last_[at(v)] && !behind_[at(v)];
  }

  void find_rounded() {
    std::vector<bool> read_by_last(g_.nodes.size(), false), chain(g_.nodes.size(), false);
    for (ValueId v = 0; v < g_.size(); ++v)
      for (const ValueId in : g_.node(v).in) {
        if (low_product(v)) round_operand(in);
        if (exact_product(v)) read_by_last[at(in)] = true;
      }
    for (ValueId v = 0; v < g_.size(); ++v) {
      const Node& n = g_.node(v);
      chain[at(v)] = low_product(v);
      if (op_family(n.op) == Family::map)
        for (const ValueId in : n.in) chain[at(v)] = chain[at(v)] || (chain[at(in)] && uses_[at(in)] == 1 && g_.type(in) == n.type);
      if (chain[at(v)] && uses_[at(v)] > 1 && !read_by_last[at(v)] && may_round(v)) rounded_[at(v)] = true;
    }
  }

  /// Moves and maxima are done in the low dtype: what they move is rounded. (A maximum that was rounded alone would be none of the values
  /// that its gradient looks for it among.)
  void round_operand(ValueId v) {
    if (op_family(g_.node(v).op) == Family::move || g_.node(v).op == Op::max_pool)
      for (const ValueId in : g_.node(v).in) round_operand(in);
    else if (may_round(v))
      rounded_[at(v)] = true;
  }

  const Graph& g_;
  std::vector<int> uses_;
  std::vector<bool> last_;    ///< products of the last layer
  std::vector<bool> behind_;  ///< depends on the last layer without a product between
  std::vector<bool> exact_;   ///< products in f32
  std::vector<bool> rounded_;
};

class Caster {
 public:
  Caster(Graph& g, const Categories& categories) : low_dtype_(g.low), is_(categories), low_(g.nodes.size(), no_value), rewriter_(g) {}

  void run() {
    for (ValueId v = 0; v < rewriter_.old_size(); ++v) emit(v);
    rewriter_.finish();
  }

 private:
  void emit(ValueId v) {
    const Node& n = rewriter_.old(v);
    if (is_.low_product(v)) {
      std::vector<ValueId> in;
      for (const ValueId o : n.in) in.push_back(low(o));
      rewriter_.replace(v, rewriter_.builder_for(v).node(n.op, in, n.attr, n.type));
    } else if (is_selection(n) && low_[at(n.in[0])] != no_value) {
      return select_in_low(v);
    } else {
      rewriter_.keep(v);
    }
    if (is_.rounded(v)) set_low(v, rewriter_.builder_for(v).cast(rewriter_.at(v), low_dtype_));
  }

  void select_in_low(ValueId v) {
    const Node& n = rewriter_.old(v);
    std::vector<ValueId> in;
    for (const ValueId o : n.in) in.push_back(low(o));
    Type type = n.type;
    type.dtype = low_dtype_;
    set_low(v, rewriter_.builder_for(v).node(n.op, in, n.attr, type));
  }

  /// From now on `value`, in the low dtype, is what v is.
  void set_low(ValueId v, ValueId value) {
    low_[at(v)] = value;
    rewriter_.replace(v, rewriter_.builder_for(v).cast(value, DType::f32));
  }

  /// The old value v in the low dtype.
  ValueId low(ValueId v) {
    if (low_[at(v)] != no_value) return low_[at(v)];
    const Node& n = rewriter_.old(v);
    if (op_family(n.op) == Family::move) {
      std::vector<ValueId> in;
      for (const ValueId o : n.in) in.push_back(low(o));
      Type type = n.type;
      type.dtype = low_dtype_;
      return low_[at(v)] = rewriter_.builder_for(v).node(n.op, in, n.attr, type);
    }
    return low_[at(v)] = rewriter_.builder_for(v).cast(rewriter_.at(v), low_dtype_);
  }

  DType low_dtype_;
  const Categories& is_;
  std::vector<ValueId> low_;  ///< per old value; no_value: not there yet
  Rewriter rewriter_;
};

}  // namespace

bool mixed_precision(Graph& g) {
  if (!is_low(g.low)) return false;
  const Graph before = g;
  Caster(g, Categories(before)).run();
  dead_code(g);
  return true;
}

}  // namespace ingot::codegen
