// Files that the generator and the just-in-time compiler leave behind.
#pragma once
#include <filesystem>
#include <string_view>

namespace ingot::codegen {

/// Writes under a temporary name, syncs, renames. Throws UserError with the path and the system's reason.
void write_output(const std::filesystem::path& path, std::string_view content);

}  // namespace ingot::codegen
