// Chains: narrow dense layers on numbers of 16 bits, each of which reads what the one before it makes, as one kernel, forward or backward.
// A warp keeps sixteen rows of the activations in registers from the first layer to the last; weights pass through shared memory, layer
// by layer. The idea is tiny-cuda-nn's fully fused network (Müller et al., Real-time Neural Radiance Caching for Path Tracing, 2021).
#pragma once
#include "fuse/regions.hpp"
#include "schedule/device/device_target.hpp"

#include <span>

namespace ingot::codegen {

/// Widest layer of a chain: of sixteen rows of it each lane of a warp has 64 sums and 32 words of operands.
inline constexpr std::int64_t most_chain_cols = 128;
/// Rows of a warp, and what widths are padded to: the extents of an mma.
inline constexpr int chain_step = 16;

/// Regions of contractions that could be one kernel, in the order of the layers, as long as possible; two or more each. The rows of a
/// region go to the next one as the first operand of its product, which are numbers of 16 bits; all else that a layer reads lies in
/// memory before the chain begins.
[[nodiscard]] std::vector<std::vector<int>> find_chains(const Graph& g, const Fusion& f);

/// What a cost rule thinks of a chain: microseconds as one kernel, and as a launch for each layer.
struct ChainCost {
  double chain = 0, layers = 0;
};
/// Of some regions of `f`, in order. A launch takes its overhead and then the longer of two: all its bytes through the memory of the
/// device; what one multiprocessor has to bring, through its share of the second-level cache.
[[nodiscard]] ChainCost chain_cost(const Graph& g, const Fusion& f, std::span<const int> chain, std::int64_t batch,
                                   const DeviceTarget& device);

/// Where the rule says so, the layers of a chain (or all but its first: an input may be wide) become one region of kind chain.
/// `Region::why` says what was decided.
[[nodiscard]] Fusion join_chains(const Graph& g, Fusion f, std::int64_t batch, const DeviceTarget& device);

/// Rows of a block, a multiple of chain_step up to that of its warps: the most that leave every multiprocessor a block.
[[nodiscard]] int chain_rows(std::int64_t rows, const DeviceTarget& device);
/// Of a layer's product: the steps of its reduction that lie in shared memory at once.
[[nodiscard]] constexpr std::int64_t chain_depth(std::int64_t inner) {
  const std::int64_t padded = (inner + chain_step - 1) / chain_step * chain_step;
  return padded < most_chain_cols ? padded : most_chain_cols;
}
/// Elements from line to line of weights in shared memory: eight lines, which ldmatrix reads together, are in different banks.
[[nodiscard]] constexpr std::int64_t chain_pitch(std::int64_t line) { return line + 8; }
/// Bytes of shared memory that a kernel of kind chain needs.
[[nodiscard]] int chain_shared_bytes(const Kernel& k);

}  // namespace ingot::codegen
