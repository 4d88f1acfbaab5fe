// Copies of states in the low dtype that live as long as the states: a weight is converted once, where the update stores it, not by
// every step that multiplies with it.
#pragma once
#include "ir/graph.hpp"
#include "schedule/target.hpp"

#include <span>

namespace ingot::codegen {

/// The states of which every graph of a program reads nothing in the low dtype but copies that serve products, all in the same layout.
[[nodiscard]] std::vector<std::int32_t> mirrored_states(std::span<const Graph* const> graphs, const Target& target);

/// Appends to the graph's states a mirror for each of `states`, in that order: casts of a state read it instead, and whoever assigns the
/// state assigns the cast of the same value.
[[nodiscard]] Graph with_mirrors(Graph g, std::span<const std::int32_t> states);

}  // namespace ingot::codegen
