// A kernel: one contraction, reduction, gather or copy with the elementwise work fused around it, complete in itself.
// The emitter sees nothing but this struct, so equal kernels of different programs are one cached object.
//
// Nodes refer to each other by local numbers; memory is reached through numbered arguments. A node is *inline* when it has
// no argument and is no anchor: it is computed where it is needed, in registers.
#pragma once
#include "schedule/block_steps.hpp"

#include <string>
#include <vector>

namespace ingot::codegen {

enum class KernelKind : std::uint8_t {
  gather,       ///< rows of a model input or target, converted, into panels
  map,          ///< elementwise
  rows,         ///< reductions along each row and elementwise work between them
  columns,      ///< sums over the rows
  contraction,  ///< matmul with an epilogue
  convolution,
  winograd,          ///< convolution through winograd.hpp
  kernel_transform,  ///< of a kernel, for winograd
  kernel_gradient,   ///< gradient of a convolution's kernel, summed over the samples of a group; no epilogue
  pool,              ///< windows reduced channel by channel: pools, depthwise convolutions
  pool_gradient,     ///< back to the pixels of each window
  fold,              ///< sum of matrices that lie one below the other
  lookup,            ///< rows of a table by number
  lookup_gradient,   ///< each group sums up some rows of the table; no epilogue
  move,              ///< reshape, concat, slice
  write,             ///< an output or a metric, to the caller's memory
  chain,             ///< contractions whose rows stay in registers, with their epilogues; devices only
};

/// How the work is cut into groups; a group is done by one thread, and no result depends on which.
enum class Partition : std::uint8_t {
  single,
  panels,  ///< group g: column panel g of the result
  blocks,  ///< group g: rows g * block .. of the result
};

struct KernelNode {
  Op op = Op::constant;
  Type type;
  std::vector<int> in;
  Attr attr;
  int load = -1;  ///< argument it is read from; -1: computed here
};

struct KernelStore {
  int node = -1;
  int argument = -1;
};

struct Kernel {
  KernelKind kind = KernelKind::map;
  Partition partition = Partition::single;
  std::int64_t block = 0;  ///< rows of a group when partition == blocks
  std::int64_t groups = 1;
  Type domain;                    ///< extents that the loops run over
  int row_tile = 1;               ///< contraction: rows of the register tile
  BlockSteps steps;               ///< contraction: what is done of it; empty: all
  int anchor = -1;                ///< the matmul, window, fold, leaf or move that the kernel is about; -1: none
  std::vector<KernelNode> nodes;  ///< topological
  std::vector<KernelStore> stores;
  std::vector<Layout> arguments;
  int scalar_seed_low = -1, scalar_seed_high = -1, scalar_step = -1;  ///< keep_mask, normal: numbers in the scalar table
  DType port_dtype = DType::f32;  ///< gather of a target: dtype in the caller's memory; write: of the program
  int port = -1;                  ///< gather: input or target number; write: output or metric number
  bool is_metric = false;         ///< write
  bool pairs = false;             ///< contraction: in dot products of pairs, see pairs.hpp
  Target target;
  [[nodiscard]] const Window& window() const { return nodes[static_cast<std::size_t>(anchor)].attr.window; }
  [[nodiscard]] const KernelNode& node(int i) const { return nodes[static_cast<std::size_t>(i)]; }
  [[nodiscard]] const Layout& argument(int i) const { return arguments[static_cast<std::size_t>(i)]; }
};

[[nodiscard]] std::string_view kind_name(KernelKind kind);
/// A text that determines the machine code of the kernel: equal texts, equal code. Part of the cache key.
[[nodiscard]] std::string canonical_text(const Kernel& k);

}  // namespace ingot::codegen
