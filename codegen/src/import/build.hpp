// From a flat definition and one point of its space to the graph of one entry: bind, gradient, update, passes.
#pragma once
#include "ir/graph.hpp"

#include <ingot/dsl/flat.hpp>

#include <vector>

namespace ingot::codegen {

enum class Entry : std::uint8_t { train, evaluate, predict, gradient };  // as ingot_entry_kind

/// The finished graph of `entry`: only primitive ops (no composite, no loss), verified, without dead or duplicate nodes.
/// `values` has one number per hyper-parameter; structural ones are bound, the others become scalars.
/// The state table, the scalar table and the ports are the same for all entries of one point, in the same order.
/// gradient: results are one output per parameter (named as the parameter, in state order), then one per input ("input"),
/// of the total loss (mean over the rows plus regularization); also metric "loss".
/// Throws UserError when a layer cannot be lowered yet, naming it, or when a value lies outside its range.
[[nodiscard]] Graph build(const definition_view& definition, const double* values, Entry entry, DType dtype);

/// The same before the passes: composites and losses as they stand. What tests and `ingot-opt` start from.
[[nodiscard]] Graph build_unoptimized(const definition_view& definition, const double* values, Entry entry, DType dtype);

}  // namespace ingot::codegen
