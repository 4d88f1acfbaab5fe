// Whole filters out of a definition: layers with fewer outputs, and what the tensors of the smaller program are of the declared ones'.
#pragma once
#include "ir/graph.hpp"

#include <ingot/dsl/flat.hpp>

#include <string>
#include <vector>

namespace ingot::codegen {

/// A dense layer, conv1d or conv2d with fewer outputs than declared.
struct Narrowed {
  std::string layer;
  std::int32_t size = 0;
  std::vector<std::uint32_t> kept{};  ///< of the declared outputs, increasing; empty: only the size is known
};

/// Writes the sizes into `ops`, those of `d`. Throws UserError for layers that do not exist or cannot have another size.
void narrow(std::vector<op>& ops, const definition_view& d, const std::vector<Narrowed>& layers);

/// Rows and columns of a declared state as [all axes but the last, last] that are left, increasing.
struct Selection {
  std::int64_t declared_rows = 1, declared_cols = 1;
  std::vector<std::uint32_t> rows, cols;
};
/// One for each state of `smaller`, a graph of the narrowed definition. `d`: the declared one. Throws UserError where outputs cannot be
/// left out: they are added to others, normalized with others, reshaped, or are those of the model.
[[nodiscard]] std::vector<Selection> select_states(const definition_view& d, const double* values, const std::vector<Narrowed>& layers,
                                                   const Graph& smaller);

}  // namespace ingot::codegen
