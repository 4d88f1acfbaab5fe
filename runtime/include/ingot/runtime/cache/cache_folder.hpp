// The folder of cache files: what lies there, how it is kept below its limit, how it is cleared. Any number of processes may use one
// folder; a file that is removed while it is read stays readable for who has it mapped.
#pragma once
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

namespace ingot::runtime {

enum class RowCacheKind : std::uint8_t { none, memory, file };

inline constexpr std::uint64_t default_cache_limit = std::uint64_t{10} << 30;

/// How a data set is cached while it is loaded and read.
struct RowCacheOptions {
  RowCacheKind kind = RowCacheKind::none;
  std::filesystem::path folder{};                  ///< of the files; "": default_cache_folder()
  std::uint64_t limit = default_cache_limit;       ///< bytes of all files in the folder together
  std::function<void(const std::string&)> tell{};  ///< receives one sentence when a file cannot be filled to its end; from any thread
};

/// $XDG_CACHE_HOME/ingot/rows, else ~/.cache/ingot/rows; "" when neither is known.
std::filesystem::path default_cache_folder();

struct CacheEntry {
  std::filesystem::path path;
  std::uint64_t bytes = 0;
  std::filesystem::file_time_type used{};  ///< last opened, or filled
  bool complete = true;                    ///< false: being filled, or left by a process that was killed
};

/// The one used last comes first. A folder that does not exist has none.
std::vector<CacheEntry> list_cache(const std::filesystem::path& folder);
/// Removes all files but those that are being filled. Returns what was removed.
std::vector<CacheEntry> clear_cache(const std::filesystem::path& folder);
/// Removes remainders of killed processes, then files, the one used longest ago first, until `bytes` more fit the limit. False, and
/// nothing but remainders is removed, when they can never fit.
bool make_room(const std::filesystem::path& folder, std::uint64_t bytes, std::uint64_t limit);
/// The file was used now.
void touch_cache_file(const std::filesystem::path& path);

}  // namespace ingot::runtime
