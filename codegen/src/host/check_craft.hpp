// The structural rules of the craft of a recipe that came as bytes.
#pragma once
#include <ingot/dsl/flat.hpp>

#include <string_view>

namespace ingot::codegen {

/// What is impossible about it, or nothing. Numbers and names are checked with those of the whole recipe.
[[nodiscard]] std::string_view check_craft(const craft_t& craft);
/// The same of a constraint on a kernel or bias.
[[nodiscard]] std::string_view check_constraint(const constraint_t& constraint);

}  // namespace ingot::codegen
