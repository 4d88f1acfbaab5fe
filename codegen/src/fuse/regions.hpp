// Fusion: cuts a primitive graph into regions, each of which becomes one kernel: an anchor (contraction, reduction, gather or
// move) and the elementwise work around it.
//
// Input: a graph that passes verify(primitive). Output: every node is in exactly one region, or is a leaf, or is *inline*:
// recomputed in registers wherever it is used (scalars, constants, iota, random masks, comparisons; elementwise work on states
// alone that has one user).
// Regions are numbered so that a region reads only from regions with smaller numbers.
#pragma once
#include "schedule/kernel.hpp"

namespace ingot::codegen {

struct Region {
  KernelKind kind = KernelKind::map;
  Type domain;
  ValueId anchor = no_value;   ///< none for map, rows and columns
  std::vector<ValueId> nodes;  ///< topological, the anchor included
  std::string why;             ///< what a cost rule decided about it, one sentence; may be empty
};

struct Fusion {
  std::vector<Region> regions;
  std::vector<int> region_of;  ///< per value; -1: leaf or inline
  std::vector<bool> inlined;   ///< per value
};

[[nodiscard]] Fusion fuse(const Graph& g);
/// As if nothing could be fused: one region per node. For comparison in tests and reports.
[[nodiscard]] Fusion do_not_fuse(const Graph& g);
[[nodiscard]] std::string print(const Graph& g, const Fusion& f);

}  // namespace ingot::codegen
