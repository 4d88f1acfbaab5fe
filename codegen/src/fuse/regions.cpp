#include "fuse/regions.hpp"

#include "fuse/recompute.hpp"
#include "fuse/update_fusion.hpp"
#include "ir/op_info.hpp"

#include <algorithm>
#include <utility>

namespace ingot::codegen {

namespace {

bool same_rows(const Type& a, const Type& b) { return a.batched == b.batched && a.rows == b.rows; }
bool same_extents(const Type& a, const Type& b) { return same_rows(a, b) && a.cols == b.cols; }
bool is_row_vector(const Type& t, std::int64_t cols) { return !t.batched && t.rows == 1 && t.cols == cols; }

bool is_gather(const Node& n) { return n.op == Op::input || n.op == Op::target; }

/// What lies in memory in 16 bits is widened where it is read.
bool widens(const Graph& g, const Node& n) { return n.op == Op::cast && is_low(g.type(n.in[0]).dtype) && !is_low(n.type.dtype); }

/// Cheap enough to be recomputed at every use, and never in memory.
bool may_inline(const Graph& g, const Node& n, const std::vector<bool>& inlined) {
  switch (n.op) {
    case Op::scalar:
    case Op::constant:
    case Op::rows:
    case Op::iota:
    case Op::keep_mask:
    case Op::normal:
      return true;
    default:
      break;
  }
  if (op_family(n.op) != Family::map) return false;
  if (n.type.dtype == DType::boolean) return true;
  if (n.op == Op::cast && g.type(n.in[0]).dtype == DType::boolean) return inlined[static_cast<std::size_t>(n.in[0])];
  return std::all_of(n.in.begin(), n.in.end(),
                     [&](ValueId v) { return inlined[static_cast<std::size_t>(v)] && g.type(v).dtype != DType::boolean; });
}

KernelKind window_kind(Op op) {
  switch (op) {
    case Op::conv:
      return KernelKind::convolution;
    case Op::winograd_conv:
      return KernelKind::winograd;
    case Op::winograd_kernel:
      return KernelKind::kernel_transform;
    case Op::conv_kernel_gradient:
    case Op::winograd_kernel_gradient:
    case Op::depthwise_kernel_gradient:
      return KernelKind::kernel_gradient;
    case Op::max_pool_gradient:
    case Op::avg_pool_gradient:
      return KernelKind::pool_gradient;
    default:
      return KernelKind::pool;
  }
}

class Fuser {
 public:
  Fuser(const Graph& graph, bool join) : g_(graph), join_(join), updates_(update_fusion(graph)) {}

  Fusion run() {
    out_.region_of.assign(g_.nodes.size(), -1);
    find_inlined();
    // Gathers first: they wait for nothing, so everything else may join the region of what it really depends on.
    for (const bool gathers : {true, false})
      for (ValueId v = 0; v < g_.size(); ++v)
        if (!out_.inlined[index(v)] && is_gather(g_.node(v)) == gathers) place(v);
    return std::move(out_);
  }

 private:
  static std::size_t index(ValueId v) { return static_cast<std::size_t>(v); }
  [[nodiscard]] const Region& region_at(int r) const { return out_.regions[static_cast<std::size_t>(r)]; }

  void find_inlined() {
    std::vector<bool> forced(g_.nodes.size(), false);  // operands that must lie in memory
    for (const Node& n : g_.nodes) {
      const Family f = op_family(n.op);
      if (f == Family::matmul || f == Family::move || f == Family::window || f == Family::fold || f == Family::table)
        for (ValueId v : n.in) forced[index(v)] = true;
    }
    for (const Result& r : g_.results) forced[index(r.value)] = true;
    const std::vector<ValueId> only_user = find_only_users();
    const std::vector<bool> recomputed = recomputed_values(g_);
    out_.inlined.assign(g_.nodes.size(), false);
    for (ValueId v = 0; v < g_.size(); ++v)
      out_.inlined[index(v)] =
          !forced[index(v)] && (may_inline(g_, g_.node(v), out_.inlined) ||
                                (join_ && (widens(g_, g_.node(v)) || recomputed[index(v)] || waits_for_user(v, only_user[index(v)]) ||
                                           is_partial_sum(v, only_user[index(v)]))));
  }

  /// Per value the one node that reads it; no_value: none or several.
  std::vector<ValueId> find_only_users() const {
    std::vector<ValueId> user(g_.nodes.size(), no_value);
    std::vector<bool> several(g_.nodes.size(), false);
    for (ValueId v = 0; v < g_.size(); ++v)
      for (ValueId in : g_.node(v).in) {
        if (user[index(in)] != no_value && user[index(in)] != v) several[index(in)] = true;
        user[index(in)] = v;
      }
    for (std::size_t i = 0; i < user.size(); ++i)
      if (several[i]) user[i] = no_value;
    return user;
  }

  /// Elementwise work on states alone (the decay of a slot or weight, the gradient of a penalty) is done where its only user is:
  /// as a region of its own it would come behind the gradient, and draw the rest of the update away from it.
  bool waits_for_user(ValueId v, ValueId user) const {
    const Node& n = g_.node(v);
    if (user == no_value || op_family(n.op) != Family::map || op_family(g_.node(user).op) != Family::map) return false;
    return same_extents(n.type, g_.type(user)) &&
           std::all_of(n.in.begin(), n.in.end(), [&](ValueId in) { return out_.inlined[index(in)] || g_.node(in).op == Op::state; });
  }

  /// Sums of single numbers (the norms of all gradients, say) are added where the last one is: one after the other, each reduction would
  /// wait for the one before it.
  bool is_partial_sum(ValueId v, ValueId user) const {
    const Node& n = g_.node(v);
    return user != no_value && n.op == Op::add && g_.node(user).op == Op::add && is_row_vector(n.type, 1) &&
           is_row_vector(g_.type(user), 1);
  }

  /// The last region whose result `v` needs; -1: memory of the caller only.
  int dependency(ValueId v) const {
    if (out_.region_of[index(v)] >= 0 || !out_.inlined[index(v)]) return out_.region_of[index(v)];
    int last = -1;
    for (ValueId in : g_.node(v).in) last = std::max(last, dependency(in));
    return last;
  }
  int last_dependency(const Node& n) const {
    int last = -1;
    for (ValueId in : n.in) last = std::max(last, dependency(in));
    return last;
  }

  void open(KernelKind kind, const Type& domain, ValueId v, bool anchor) {
    Region r;
    r.kind = kind;
    r.domain = domain;
    r.anchor = anchor ? v : no_value;
    out_.regions.push_back(r);
    append(static_cast<int>(out_.regions.size()) - 1, v);
  }
  void append(int region, ValueId v) {
    out_.regions[static_cast<std::size_t>(region)].nodes.push_back(v);
    out_.region_of[index(v)] = region;
  }

  void place(ValueId v) {
    const Node& n = g_.node(v);
    const int last = last_dependency(n);
    switch (op_family(n.op)) {
      case Family::leaf:
        if (n.op == Op::input || n.op == Op::target)
          open(KernelKind::gather, n.type, v, true);
        else if (n.op != Op::state)
          open(KernelKind::map, n.type, v, false);  // a constant that is a result
        break;
      case Family::map:
        if (join_ && last >= 0 && joins_map(region_at(last), v, last))
          append(last, v);
        else if (const int beside = update_of_the_same(v, last); beside >= 0)
          append(beside, v);
        else
          open(KernelKind::map, n.type, v, false);
        break;
      case Family::rows:
        place_reduction(v, last, KernelKind::rows);
        break;
      case Family::columns:
        place_reduction(v, last, KernelKind::columns);
        break;
      case Family::matmul:
        open(KernelKind::contraction, n.type, v, true);
        break;
      case Family::fold:
        open(KernelKind::fold, n.type, v, true);
        break;
      case Family::window:
        open(window_kind(n.op), n.type, v, true);
        break;
      case Family::move:
        open(KernelKind::move, n.type, v, true);
        break;
      case Family::table:
        open(n.op == Op::lookup ? KernelKind::lookup : KernelKind::lookup_gradient, n.type, v, true);
        break;
      case Family::norm:
      case Family::loss:
        break;  // decomposed before; verify(primitive) has seen to it
    }
  }

  /// A reduction joins elementwise work of the same extents and turns it into a kernel of its kind.
  void place_reduction(ValueId v, int last, KernelKind kind) {
    const Type& operand = g_.type(g_.node(v).in[0]);
    if (join_ && last >= 0) {
      Region& r = out_.regions[static_cast<std::size_t>(last)];
      const bool fits = (r.kind == KernelKind::map || r.kind == kind) && same_extents(r.domain, operand);
      if (fits && !(kind == KernelKind::columns && needs_own_sum(g_.node(v), last))) {
        r.kind = kind;
        append(last, v);
        return;
      }
    }
    if (const int sums = sums_of_the_same(v, last); sums >= 0) return append(sums, v);
    open(kind, operand, v, false);
  }

  /// A kernel behind `last` that sums up the same image: two sums cost one pass over it. -1: none.
  int sums_of_the_same(ValueId v, int last) const {
    const Node& n = g_.node(v);
    if (!join_ || n.op != Op::column_sum || g_.type(n.in[0]).rows == 1) return -1;
    for (int r = last + 1; r < static_cast<int>(out_.regions.size()); ++r) {
      const Region& region = region_at(r);
      if (region.kind != KernelKind::columns || !same_extents(region.domain, g_.type(n.in[0]))) continue;
      const auto reads_same = [&](ValueId other) { return shares_memory(g_.node(other).in[0], n.in[0]); };
      if (std::any_of(region.nodes.begin(), region.nodes.end(), reads_same)) return r;
    }
    return -1;
  }

  /// A kernel behind `last` of elementwise work that reads a tensor of `v`'s extents which `v` reads as well, where both are no images: the
  /// moments of an optimizer read one gradient, and one pass over it. -1: none.
  int update_of_the_same(ValueId v, int last) const {
    const Type& t = g_.type(v);
    if (!join_ || t.batched) return -1;
    const std::vector<ValueId> own = tensors_read(v, t);
    for (int r = last + 1; r < static_cast<int>(out_.regions.size()); ++r) {
      const Region& region = region_at(r);
      if (region.kind != KernelKind::map || !same_extents(region.domain, t)) continue;
      for (const ValueId other : region.nodes) {
        const std::vector<ValueId> theirs = tensors_read(other, t);
        if (std::find_first_of(own.begin(), own.end(), theirs.begin(), theirs.end()) != own.end()) return r;
      }
    }
    return -1;
  }
  /// The operands of these extents that evaluating `v` reads from memory.
  std::vector<ValueId> tensors_read(ValueId v, const Type& extents) const {
    std::vector<ValueId> all;
    for (const ValueId in : g_.node(v).in) {
      if (out_.inlined[index(in)]) {
        const std::vector<ValueId> deeper = tensors_read(in, extents);
        all.insert(all.end(), deeper.begin(), deeper.end());
      } else if (same_extents(g_.type(in), extents)) {
        all.push_back(in);
      }
    }
    return all;
  }

  /// Does evaluating the two values where they are used read a tensor in common?
  bool shares_memory(ValueId a, ValueId b) const {
    if (!out_.inlined[index(a)] && !out_.inlined[index(b)]) return a == b;
    const auto& [inner, other] = out_.inlined[index(a)] ? std::pair(a, b) : std::pair(b, a);
    const auto& in = g_.node(inner).in;
    return std::any_of(in.begin(), in.end(), [&, o = other](ValueId v) { return g_.type(v).batched && shares_memory(v, o); });
  }

  /// Does the node read a column sum that its own region only finishes after the last row?
  bool needs_own_sum(const Node& n, int region) const {
    return std::any_of(n.in.begin(), n.in.end(), [&](ValueId in) {
      if (out_.inlined[index(in)]) return needs_own_sum(g_.node(in), region);
      return out_.region_of[index(in)] == region && !same_extents(g_.type(in), region_at(region).domain);
    });
  }

  bool joins_map(const Region& r, ValueId v, int region) const {
    const Type& t = g_.type(v);
    switch (r.kind) {
      case KernelKind::gather:
      case KernelKind::map:
        return same_extents(t, r.domain);
      case KernelKind::contraction:
      case KernelKind::fold:
        return same_extents(t, r.domain) && may_consume(r.anchor, v);
      case KernelKind::convolution:
      case KernelKind::winograd:
      case KernelKind::pool:
      case KernelKind::lookup:
        return same_extents(t, r.domain);
      case KernelKind::pool_gradient:  // overlapping windows add to a pixel one after the other
        return same_extents(t, r.domain) && g_.node(r.anchor).attr.window.disjoint();
      case KernelKind::rows:
        return same_rows(t, r.domain) && (t.cols == r.domain.cols || t.cols == 1);
      case KernelKind::columns:
        if (same_extents(t, r.domain) && !is_row_vector(t, r.domain.cols)) return !needs_own_sum(g_.node(v), region);
        return is_row_vector(t, r.domain.cols) && sums_may_be_consumed(r, v);
      case KernelKind::kernel_transform:
      case KernelKind::kernel_gradient:
      case KernelKind::lookup_gradient:
      case KernelKind::move:
      case KernelKind::write:
      case KernelKind::chain:
        return false;
    }
    return false;
  }

  /// An update may sit behind the gradient in `anchor` only where update_fusion allows it; other epilogues always may.
  bool may_consume(ValueId anchor, ValueId v) const {
    return updates_[index(v)] != UpdateFusion::fused || updates_[index(anchor)] == UpdateFusion::fused;
  }
  bool sums_may_be_consumed(const Region& r, ValueId v) const {
    return std::all_of(r.nodes.begin(), r.nodes.end(), [&](ValueId n) { return g_.node(n).op != Op::column_sum || may_consume(n, v); });
  }

  const Graph& g_;
  bool join_;
  std::vector<UpdateFusion> updates_;
  Fusion out_;
};

}  // namespace

Fusion fuse(const Graph& g) { return Fuser(g, true).run(); }
Fusion do_not_fuse(const Graph& g) { return Fuser(g, false).run(); }

std::string print(const Graph& g, const Fusion& f) {
  std::string out;
  for (std::size_t r = 0; r < f.regions.size(); ++r) {
    out += "region " + std::to_string(r) + " " + std::string(kind_name(f.regions[r].kind)) + ":";
    for (ValueId v : f.regions[r].nodes) out += " %" + std::to_string(v) + "=" + std::string(op_name(g.node(v).op));
    out += '\n';
  }
  return out;
}

}  // namespace ingot::codegen
