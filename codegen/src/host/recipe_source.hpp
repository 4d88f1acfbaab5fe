// The recipe's row of the manifest as C++ source.
#pragma once
#include <ingot_abi.h>

#include <string>

namespace ingot::codegen {

/// "{...}" of several lines, indented by two spaces behind the first.
[[nodiscard]] std::string recipe_source(const ingot_recipe& recipe);

}  // namespace ingot::codegen
