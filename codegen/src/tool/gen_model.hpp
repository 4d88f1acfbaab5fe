// One exported model -> the files that become its library.
#pragma once
#include <filesystem>
#include <ingot/dsl/flat.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace ingot::codegen {

/// For every target: the f32 program (train, evaluate, predict, gradient) and the f64 program (gradient, evaluate) at the
/// space's defaults and the recipe's batch; then the manifest and the header. Existing files are replaced.
/// Throws UserError.
void generate_model(const definition_view& definition, std::string_view symbol, const std::vector<std::string>& targets,
                    const std::filesystem::path& out);

}  // namespace ingot::codegen
