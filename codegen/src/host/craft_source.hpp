// The craft of a recipe as C++ source.
#pragma once
#include <ingot_abi.h>

#include <string>

namespace ingot::codegen {

/// "{...}", the initializer of recipe.craft.
[[nodiscard]] std::string craft_source(const ingot_craft& craft);

}  // namespace ingot::codegen
