// Where a search keeps its study, and what its recorded options say.
#pragma once
#include <filesystem>
#include <map>
#include <optional>
#include <string>

namespace ingot::runtime::cli {

/// `name` itself, or study.db in the folder of that name.
std::filesystem::path study_path(const std::filesystem::path& name);
/// A recorded option as a number; nothing when it is not there or was left to the recipe.
std::optional<double> fact_number(const std::map<std::string, std::string>& facts, const std::string& name);

}  // namespace ingot::runtime::cli
