// The craft of a recipe as a row of the manifest.
#pragma once
#include "host/program_tables.hpp"

#include <ingot/dsl/flat.hpp>

namespace ingot::codegen {

/// Names are kept in `pool`.
[[nodiscard]] ingot_craft make_craft(StringPool& pool, const craft_t& craft);

}  // namespace ingot::codegen
