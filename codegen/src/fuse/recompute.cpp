#include "fuse/recompute.hpp"

#include <algorithm>

namespace ingot::codegen {
namespace {

std::size_t at(ValueId v) { return static_cast<std::size_t>(v); }

bool is_image(const Type& t) { return t.batched && t.rows > 1 && t.dtype != DType::boolean; }
bool is_row(const Type& t) { return !t.batched && t.rows == 1; }

class Recompute {
 public:
  explicit Recompute(const Graph& g) : g_(g), users_(g.nodes.size()), level_(g.nodes.size(), 0), kept_(g.nodes.size(), false) {
    for (ValueId v = 0; v < g.size(); ++v) {
      for (const ValueId in : g.node(v).in) {
        if (users_[at(in)].empty() || users_[at(in)].back() != v) users_[at(in)].push_back(v);
        level_[at(v)] = std::max(level_[at(v)], level_[at(in)]);
      }
      if (op_family(g.node(v).op) != Family::map && !g.node(v).in.empty()) ++level_[at(v)];
    }
    for (const Result& r : g.results) kept_[at(r.value)] = true;
  }

  std::vector<bool> run() const {
    std::vector<bool> again(g_.nodes.size(), false);
    for (ValueId v = 0; v < g_.size(); ++v) {
      const Node& n = g_.node(v);
      if (op_family(n.op) != Family::map || !is_image(n.type) || kept_[at(v)] || !read_in_place(v)) continue;
      again[at(v)] = shifted_by_row(v) || only_summed(v) || waits_for_a_sum(v);
    }
    return again;
  }

 private:
  /// All that read it are elementwise or sum it up.
  bool read_in_place(ValueId v) const {
    return std::all_of(users_[at(v)].begin(), users_[at(v)].end(), [&](ValueId u) {
      const Family f = op_family(g_.node(u).op);
      return f == Family::map || f == Family::columns;
    });
  }

  bool shifted_by_row(ValueId v) const {
    const Node& n = g_.node(v);
    const bool linear = n.op == Op::add || n.op == Op::sub || n.op == Op::mul;
    return linear && users_[at(v)].size() > 1 && g_.type(n.in[0]) == n.type && is_row(g_.type(n.in[1]));
  }

  bool only_summed(ValueId v) const { return users_[at(v)].size() == 1 && g_.node(users_[at(v)][0]).op == Op::column_sum; }

  bool waits_for_a_sum(ValueId v) const {
    if (users_[at(v)].size() != 1) return false;
    const ValueId user = users_[at(v)][0];
    if (op_family(g_.node(user).op) != Family::map || level_[at(user)] <= level_[at(v)]) return false;
    const auto& in = g_.node(v).in;
    return std::all_of(in.begin(), in.end(), [&](ValueId o) { return !is_image(g_.type(o)) || users_[at(o)].size() > 1; });
  }

  const Graph& g_;
  std::vector<std::vector<ValueId>> users_;
  std::vector<int> level_;  ///< how many contractions, sums and moves lie behind it, one after the other
  std::vector<bool> kept_;
};

}  // namespace

std::vector<bool> recomputed_values(const Graph& g) { return Recompute(g).run(); }

}  // namespace ingot::codegen
