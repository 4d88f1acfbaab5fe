#include "cli/study_file.hpp"

#include <charconv>

namespace ingot::runtime::cli {

std::filesystem::path study_path(const std::filesystem::path& name) {
  std::error_code ignored;
  return std::filesystem::is_directory(name, ignored) ? name / "study.db" : name;
}

std::optional<double> fact_number(const std::map<std::string, std::string>& facts, const std::string& name) {
  const auto found = facts.find(name);
  if (found == facts.end()) return std::nullopt;
  double value = 0;
  const std::string& text = found->second;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size() ? std::optional(value) : std::nullopt;
}

}  // namespace ingot::runtime::cli
