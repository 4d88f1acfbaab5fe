// The verifier: what the next stage may assume of a graph.
#pragma once
#include "ir/graph.hpp"

#include <string_view>

namespace ingot::codegen {

enum class Stage : std::uint8_t {
  built,      ///< any op
  primitive,  ///< after decompose: no composite activation, dropout, softmax or loss
};

/// Checks: operands before users, number of operands, type rules, table indices and their types, results (kinds, no state assigned
/// twice, metrics [1,1], outputs floating-point, assigned values with the state's type), slots that name a parameter.
/// Throws InternalError: `where`, the first broken rule with its node, and the graph's text.
void verify(const Graph& g, Stage stage, std::string_view where);

}  // namespace ingot::codegen
