// Reads the text form that print.hpp describes. Lines that start with # and blank lines are skipped.
#pragma once
#include "ir/graph.hpp"

namespace ingot::codegen {

/// Checks form only (numbers, names, operands that exist); verify.hpp checks meaning.
/// Throws UserError: "line 7: ..." and what was expected there.
[[nodiscard]] Graph parse_graph(std::string_view text);

}  // namespace ingot::codegen
