// One exported model -> the files that become its library.
#pragma once
#include <ingot/dsl/flat.hpp>

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace ingot::codegen {

/// Rows at most of the programs built ahead: the recipe's batch. Throws UserError when that is no number of rows.
[[nodiscard]] unsigned recipe_batch(const definition_view& definition, const std::vector<double>& values);

/// For every target: the f32 program (train, evaluate, predict, gradient) and the f64 program (gradient, evaluate) at the
/// space's defaults and the recipe's batch; for `cuda` the device program;
/// then the manifest and the header. Existing files are replaced.
/// Throws UserError.
void generate_model(const definition_view& definition, std::string_view symbol, const std::vector<std::string>& targets,
                    const std::filesystem::path& out);

}  // namespace ingot::codegen
