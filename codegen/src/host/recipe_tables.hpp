// The rows of the manifest that are copied from the definition field by field: hyper-parameters and the recipe.
#pragma once
#include "host/program_tables.hpp"

#include <ingot/dsl/flat.hpp>

namespace ingot::codegen {

[[nodiscard]] ingot_num make_num(const num& n);
[[nodiscard]] ingot_duration make_duration(const duration_t& d);
[[nodiscard]] ingot_hp make_hp(StringPool& pool, const hp_t& hp, double initial);
[[nodiscard]] ingot_recipe make_recipe(StringPool& pool, const recipe_t& recipe);

}  // namespace ingot::codegen
