#include "schedule/device/chain.hpp"

#include "ir/op_info.hpp"

#include <algorithm>
#include <numeric>

namespace ingot::codegen {

namespace {

std::size_t at(ValueId v) { return static_cast<std::size_t>(v); }
const Region& region(const Fusion& f, int r) { return f.regions[static_cast<std::size_t>(r)]; }

/// Values of other regions, or leaves, that evaluating `v` reads: operands of inlined nodes included.
void add_reads(const Graph& g, const Fusion& f, ValueId v, int self, std::vector<ValueId>& reads) {
  for (const ValueId in : g.node(v).in) {
    if (f.inlined[at(in)])
      add_reads(g, f, in, self, reads);
    else if (f.region_of[at(in)] != self)
      reads.push_back(in);
  }
}
std::vector<ValueId> reads_of(const Graph& g, const Fusion& f, int r) {
  std::vector<ValueId> reads;
  for (const ValueId v : region(f, r).nodes) add_reads(g, f, v, r, reads);
  return reads;
}

class Finder {
 public:
  Finder(const Graph& g, const Fusion& f) : g_(g), f_(f) {
    for (int r = 0; r < count(); ++r) reads_.push_back(reads_of(g, f, r));
  }

  std::vector<std::vector<int>> run() const {
    std::vector<std::vector<int>> chains;
    std::vector<bool> taken(f_.regions.size(), false);
    for (int r = 0; r < count(); ++r) {
      if (taken[static_cast<std::size_t>(r)] || !is_layer(r)) continue;
      std::vector<int> chain{r};
      for (int next = follower(chain, taken); next >= 0; next = follower(chain, taken)) chain.push_back(next);
      if (chain.size() < 2) continue;
      for (const int c : chain) taken[static_cast<std::size_t>(c)] = true;
      chains.push_back(std::move(chain));
    }
    return chains;
  }

 private:
  [[nodiscard]] int count() const { return static_cast<int>(f_.regions.size()); }
  [[nodiscard]] const Node& product(int r) const { return g_.node(region(f_, r).anchor); }

  [[nodiscard]] bool is_layer(int r) const {
    if (region(f_, r).kind != KernelKind::contraction) return false;
    const Node& n = product(r);
    const Type &left = g_.type(n.in[0]), &right = g_.type(n.in[1]);
    return n.type.batched && !n.attr.transpose_a && is_low(left.dtype) && is_low(right.dtype) && !right.batched && n.type.cols > 1 &&
           n.type.cols <= most_chain_cols;
  }

  /// The first layer behind the chain that reads its last rows, and nothing else that waits for the chain; -1: none.
  [[nodiscard]] int follower(const std::vector<int>& chain, const std::vector<bool>& taken) const {
    std::vector<bool> waits(f_.regions.size(), false);
    for (const int c : chain) waits[static_cast<std::size_t>(c)] = true;
    const auto late = [&](ValueId v) { return f_.region_of[at(v)] >= 0 && waits[static_cast<std::size_t>(f_.region_of[at(v)])]; };
    for (int r = chain.front() + 1; r < count(); ++r) {
      const auto& reads = reads_[static_cast<std::size_t>(r)];
      if (r > chain.back() && !taken[static_cast<std::size_t>(r)] && is_layer(r) && f_.region_of[at(product(r).in[0])] == chain.back() &&
          region(f_, r).domain.rows == region(f_, chain.back()).domain.rows &&
          std::none_of(reads.begin(), reads.end(), [&](ValueId v) { return v != product(r).in[0] && late(v); }) && reads_once(r))
        return r;
      if (!waits[static_cast<std::size_t>(r)]) waits[static_cast<std::size_t>(r)] = std::any_of(reads.begin(), reads.end(), late);
    }
    return -1;
  }

  /// The rows that the product takes are read by nothing else of its region: it would find them in registers of other lanes.
  [[nodiscard]] bool reads_once(int r) const {
    const auto& reads = reads_[static_cast<std::size_t>(r)];
    return std::count(reads.begin(), reads.end(), product(r).in[0]) == 1;
  }

  const Graph& g_;
  const Fusion& f_;
  std::vector<std::vector<ValueId>> reads_;
};

/// Makes one region of several and numbers all anew, so that each reads only from smaller numbers.
class Joiner {
 public:
  Joiner(const Graph& g, Fusion f) : g_(g), f_(std::move(f)) {}

  void join(std::span<const int> chain) {
    Region& last = f_.regions[static_cast<std::size_t>(chain.back())];
    for (const int c : chain.first(chain.size() - 1)) {
      Region& r = f_.regions[static_cast<std::size_t>(c)];
      last.nodes.insert(last.nodes.end(), r.nodes.begin(), r.nodes.end());
      for (const ValueId v : r.nodes) f_.region_of[at(v)] = chain.back();
      r.nodes.clear();
    }
    std::sort(last.nodes.begin(), last.nodes.end());
    last.kind = KernelKind::chain;
  }

  Fusion finish() {
    std::vector<int> number(f_.regions.size(), -1);
    std::vector<Region> sorted;
    const auto ready = [&](int r) {
      const auto reads = reads_of(g_, f_, r);
      return std::all_of(reads.begin(), reads.end(), [&](ValueId v) {
        const int from = f_.region_of[at(v)];
        return from < 0 || number[static_cast<std::size_t>(from)] >= 0;
      });
    };
    std::vector<int> waiting(f_.regions.size());
    std::iota(waiting.begin(), waiting.end(), 0);
    std::erase_if(waiting, [&](int r) { return region(f_, r).nodes.empty(); });
    while (!waiting.empty()) {
      const auto next = std::find_if(waiting.begin(), waiting.end(), ready);
      number[static_cast<std::size_t>(*next)] = static_cast<int>(sorted.size());
      sorted.push_back(region(f_, *next));
      waiting.erase(next);
    }
    for (int& r : f_.region_of)
      if (r >= 0) r = number[static_cast<std::size_t>(r)];
    f_.regions = std::move(sorted);
    return std::move(f_);
  }

  Fusion& fusion() { return f_; }

 private:
  const Graph& g_;
  Fusion f_;
};

std::string reason(std::size_t layers, const ChainCost& c) {
  const std::string launches = std::to_string(layers) + " launches";
  return c.chain < c.layers ? "a chain of " + std::to_string(layers) + " layers: about " + microseconds_text(c.chain) + " us, as " +
                                  launches + " " + microseconds_text(c.layers)
                            : "no chain of " + std::to_string(layers) + " layers: about " + microseconds_text(c.chain) + " us, as " +
                                  launches + " " + microseconds_text(c.layers);
}

}  // namespace

std::vector<std::vector<int>> find_chains(const Graph& g, const Fusion& f) { return Finder(g, f).run(); }

Fusion join_chains(const Graph& g, Fusion f, std::int64_t batch, const DeviceTarget& device) {
  const std::vector<std::vector<int>> chains = find_chains(g, f);
  if (chains.empty()) return f;
  const Fusion before = f;
  Joiner joiner(g, std::move(f));
  for (const std::vector<int>& all : chains) {
    std::span<const int> chain(all);
    ChainCost cost = chain_cost(g, before, chain, batch, device);
    if (all.size() > 2) {
      const ChainCost rest = chain_cost(g, before, chain.subspan(1), batch, device);
      if (rest.layers - rest.chain > cost.layers - cost.chain) chain = chain.subspan(1), cost = rest;
    }
    joiner.fusion().regions[static_cast<std::size_t>(chain.back())].why = reason(chain.size(), cost);
    if (cost.chain < cost.layers) joiner.join(chain);
  }
  return joiner.finish();
}

int chain_rows(std::int64_t rows, const DeviceTarget& device) {
  int most = block_threads / warp_threads * chain_step;
  while (most > chain_step && (rows + most - 1) / most < device.multiprocessors) most /= 2;
  return most;
}

int chain_shared_bytes(const Kernel& k) {
  std::int64_t most = 0;
  for (const KernelNode& n : k.nodes) {
    if (n.load >= 0 || n.op != Op::matmul) continue;
    const std::int64_t depth = chain_depth(k.node(n.in[0]).type.cols), cols = chain_depth(n.type.cols);
    const std::int64_t lines = n.attr.transpose_b ? cols : depth, line = n.attr.transpose_b ? depth : cols;
    most = std::max(most, lines * chain_pitch(line) * 2);
  }
  return static_cast<int>(most);
}

}  // namespace ingot::codegen
