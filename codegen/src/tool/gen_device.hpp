// The device program of an exported model: what is built ahead, and what `--show` prints of it.
#pragma once
#include "host/model_tables.hpp"

#include <ingot/dsl/flat.hpp>

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace ingot::codegen {

/// Launches, PTX and, where the assembler is installed, cubins, in one object beside the others. `target`: "cuda" or
/// "cuda-emulated". Throws UserError.
[[nodiscard]] PointTables device_point(const definition_view& definition, const std::vector<double>& values, const std::string& target,
                                       std::string_view symbol, const std::filesystem::path& out);

/// "launches": the plan of every entry; "ptx": the code. For the space's defaults and the recipe's batch.
[[nodiscard]] std::string show_device(const definition_view& definition, std::string_view what);

}  // namespace ingot::codegen
