// When is a chain one kernel? Layers of a launch each spread over more multiprocessors; a chain saves launches and the way of the
// activations through memory, but each of its blocks brings all weights.
#include "schedule/device/chain.hpp"
#include "schedule/device/tile.hpp"

#include <algorithm>

namespace ingot::codegen {

namespace {

constexpr double low_bytes = 2;

struct Launch {
  double bytes = 0;        ///< through the memory of the device
  double block_bytes = 0;  ///< that a block brings
  double blocks = 1;
};

double microseconds(const Launch& l, const DeviceTarget& device) {
  const double waves = (l.blocks + device.multiprocessors - 1) / device.multiprocessors;
  return launch_overhead_us + std::max(l.bytes / device.memory_bytes_per_us,
                                       static_cast<double>(static_cast<std::int64_t>(waves)) * l.block_bytes / device.cache_bytes_per_us);
}

/// A layer of a chain as extents.
struct Layer {
  std::int64_t inner = 0, cols = 0;
  bool kept = false;  ///< others read its rows, too
};

std::vector<Layer> layers_of(const Graph& g, const Fusion& f, std::span<const int> chain) {
  std::vector<Layer> layers;
  for (std::size_t i = 0; i < chain.size(); ++i) {
    const Region& r = f.regions[static_cast<std::size_t>(chain[i])];
    const Node& product = g.node(r.anchor);
    Layer l{g.type(product.in[0]).cols, product.type.cols, true};
    if (i + 1 < chain.size()) {
      const ValueId next = f.regions[static_cast<std::size_t>(chain[i + 1])].anchor, rows = g.node(next).in[0];
      l.kept = std::any_of(g.results.begin(), g.results.end(), [&](const Result& result) { return result.value == rows; });
      for (ValueId v = 0; v < g.size() && !l.kept; ++v)
        l.kept = v != next && f.region_of[static_cast<std::size_t>(v)] != chain[i] &&
                 std::count(g.node(v).in.begin(), g.node(v).in.end(), rows) > 0;
    }
    layers.push_back(l);
  }
  return layers;
}

}  // namespace

ChainCost chain_cost(const Graph& g, const Fusion& f, std::span<const int> chain, std::int64_t batch, const DeviceTarget& device) {
  const auto ceil_div = [](std::int64_t a, std::int64_t b) { return (a + b - 1) / b; };
  const std::int64_t rows = batch * f.regions[static_cast<std::size_t>(chain.front())].domain.rows;
  const std::vector<Layer> layers = layers_of(g, f, chain);
  const int block_rows = chain_rows(rows, device);
  const auto real_rows = static_cast<double>(rows);
  ChainCost cost;
  Launch all;
  all.blocks = static_cast<double>(ceil_div(rows, block_rows));
  for (std::size_t i = 0; i < layers.size(); ++i) {
    const auto inner = static_cast<double>(layers[i].inner), cols = static_cast<double>(layers[i].cols);
    const double weights = low_bytes * inner * cols;
    all.bytes += weights + (i == 0 ? low_bytes * real_rows * inner : 0) + (layers[i].kept ? low_bytes * real_rows * cols : 0);
    all.block_bytes += weights + (i == 0 ? low_bytes * block_rows * inner : 0);
    const MatrixTile tile = choose_matrix_tile(rows, layers[i].cols, 1, device);
    Launch one;
    one.bytes = low_bytes * (real_rows * (inner + cols) + inner * cols);
    one.block_bytes = low_bytes * inner * (tile.rows + tile.cols);
    one.blocks = static_cast<double>(ceil_div(rows, tile.rows) * ceil_div(layers[i].cols, tile.cols));
    cost.layers += microseconds(one, device);
  }
  cost.chain = microseconds(all, device);
  return cost;
}

}  // namespace ingot::codegen
