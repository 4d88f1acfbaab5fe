#include "cli/json_writer.hpp"
#include "cli/setup.hpp"

#include <fmt/format.h>
#include <ingot/runtime/cache/cache_folder.hpp>

#include <chrono>

namespace ingot::runtime::cli {
namespace {

std::filesystem::path folder_of(const Options& options) {
  const std::filesystem::path folder = options.cache_dir.empty() ? default_cache_folder() : std::filesystem::path(options.cache_dir);
  if (folder.empty()) throw UserError("there is no home folder for cached rows; name a folder with --cache-dir");
  return folder;
}

double hours_since(std::filesystem::file_time_type time) {
  return std::chrono::duration<double, std::ratio<3600>>(std::filesystem::file_time_type::clock::now() - time).count();
}

double megabytes(std::uint64_t bytes) { return static_cast<double>(bytes) / (1 << 20); }

std::string json(const std::filesystem::path& folder, const std::vector<CacheEntry>& entries) {
  JsonWriter w;
  w.begin_object().add("folder", folder.string()).begin_array("files");
  for (const CacheEntry& entry : entries) {
    w.begin_object().add("file", entry.path.filename().string()).add("bytes", entry.bytes);
    w.add("complete", entry.complete).add("hours_since_use", hours_since(entry.used)).end_object();
  }
  return w.end_array().end_object().text();
}

}  // namespace

int cache_command(const Invocation& call) {
  const std::filesystem::path folder = folder_of(call.options);
  const bool clear = call.options.cache_action == "clear";
  const std::vector<CacheEntry> entries = clear ? clear_cache(folder) : list_cache(folder);
  if (call.options.json) {
    print_json(json(folder, entries));
    return exit_done;
  }
  std::uint64_t total = 0;
  for (const CacheEntry& entry : entries) {
    total += entry.bytes;
    print_line(fmt::format("{}  {:9.1f} MB  used {:.1f} h ago{}", entry.path.filename().string(), megabytes(entry.bytes),
                           hours_since(entry.used), entry.complete ? "" : "  unfinished"));
  }
  print_line(fmt::format("{} file{} of {:.1f} MB {} {}", entries.size(), entries.size() == 1 ? "" : "s", megabytes(total),
                         clear ? "removed from" : "in", folder.string()));
  return exit_done;
}

}  // namespace ingot::runtime::cli
