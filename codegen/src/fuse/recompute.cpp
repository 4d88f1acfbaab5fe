#include "fuse/recompute.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace ingot::codegen {
namespace {

std::size_t at(ValueId v) { return static_cast<std::size_t>(v); }

bool is_image(const Type& t) { return t.batched && t.rows > 1 && t.dtype != DType::boolean; }
bool is_row(const Type& t) { return !t.batched && t.rows == 1; }

/// Merges increasing numbers into increasing numbers.
void add(std::vector<ValueId>& to, const std::vector<ValueId>& more) {
  std::vector<ValueId> all;
  std::set_union(to.begin(), to.end(), more.begin(), more.end(), std::back_inserter(all));
  to = std::move(all);
}

class Recompute {
 public:
  explicit Recompute(const Graph& g)
      : g_(g), users_(g.nodes.size()), behind_(g.nodes.size()), kept_(g.nodes.size(), false), again_(g.nodes.size(), false) {
    for (ValueId v = 0; v < g.size(); ++v) {
      for (const ValueId in : g.node(v).in) {
        if (users_[at(in)].empty() || users_[at(in)].back() != v) users_[at(in)].push_back(v);
        add(behind_[at(v)], behind_[at(in)]);
      }
      if (op_family(g.node(v).op) != Family::map && !g.node(v).in.empty()) add(behind_[at(v)], {v});
    }
    for (const Result& r : g.results) kept_[at(r.value)] = true;
  }

  std::vector<bool> run() && {
    std::vector<bool> linear(g_.nodes.size(), false);
    for (ValueId v = 0; v < g_.size(); ++v) {
      if (op_family(g_.node(v).op) != Family::map || kept_[at(v)] || !read_in_place(v)) continue;
      if (!is_image(g_.type(v))) {
        again_[at(v)] = only_summed(v) && operands_outlast(v);
        continue;
      }
      const auto& in = g_.node(v).in;
      const bool from_memory = std::all_of(in.begin(), in.end(), [&](ValueId o) {
        return !is_image(g_.type(o)) || users_[at(o)].size() > 1 || again_[at(o)] || linear[at(o)];
      });
      linear[at(v)] = from_memory && linear_in_image(v) && only_user(v) != no_value;
      again_[at(v)] = shifted_by_row(v) || only_summed(v) || (from_memory && waits_for_a_sum(v));
    }
    for (ValueId v = g_.size() - 1; v >= 0; --v)  // what is moved and scaled on the way to one that waits, waits with it
      if (linear[at(v)] && only_user(only_user(v)) != no_value && again_[at(only_user(v))]) again_[at(v)] = true;
    return std::move(again_);
  }

 private:
  /// All that read it are elementwise or sum it up.
  bool read_in_place(ValueId v) const {
    return std::all_of(users_[at(v)].begin(), users_[at(v)].end(), [&](ValueId u) {
      const Family f = op_family(g_.node(u).op);
      return f == Family::map || f == Family::columns;
    });
  }

  [[nodiscard]] ValueId only_user(ValueId v) const { return users_[at(v)].size() == 1 ? users_[at(v)][0] : no_value; }

  /// One image, moved or scaled by one row or number.
  bool linear_in_image(ValueId v) const {
    const Node& n = g_.node(v);
    const bool linear = n.op == Op::add || n.op == Op::sub || n.op == Op::mul;
    return linear && g_.type(n.in[0]) == n.type && is_row(g_.type(n.in[1]));
  }
  bool shifted_by_row(ValueId v) const { return users_[at(v)].size() > 1 && linear_in_image(v); }

  bool only_summed(ValueId v) const { return only_user(v) != no_value && g_.node(only_user(v)).op == Op::column_sum; }

  /// Is every tensor that `v` reads read again by what waits for the sum of `v`?
  bool operands_outlast(ValueId v) const {
    const Type& extents = g_.type(v);
    const auto& in = g_.node(v).in;
    return std::all_of(in.begin(), in.end(), [&](ValueId o) {
      const Type& t = g_.type(o);
      return is_row(t) || (t.batched == extents.batched && t.rows == extents.rows && t.cols == extents.cols && is_read_behind(v, o));
    });
  }
  /// Does what waits for the sum of `v` read `o`, or something elementwise that is made of it?
  bool is_read_behind(ValueId v, ValueId o) const {
    return std::any_of(users_[at(o)].begin(), users_[at(o)].end(), [&](ValueId u) {
      if (u == v) return false;
      if (std::binary_search(behind_[at(u)].begin(), behind_[at(u)].end(), only_user(v))) return true;
      return op_family(g_.node(u).op) == Family::map && is_read_behind(v, u);
    });
  }

  bool waits_for_a_sum(ValueId v) const {
    const ValueId user = only_user(v);
    return user != no_value && op_family(g_.node(user).op) == Family::map && behind_[at(user)].size() != behind_[at(v)].size();
  }

  const Graph& g_;
  std::vector<std::vector<ValueId>> users_;
  std::vector<std::vector<ValueId>> behind_;  ///< the contractions, sums and moves that it waits for, itself among them, increasing
  std::vector<bool> kept_, again_;
};

}  // namespace

std::vector<bool> recomputed_values(const Graph& g) { return Recompute(g).run(); }

}  // namespace ingot::codegen
