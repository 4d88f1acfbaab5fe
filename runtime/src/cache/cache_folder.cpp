#include <ingot/runtime/cache/cache_folder.hpp>

#include <ingot/runtime/cache/cache_file.hpp>

#include <algorithm>
#include <cstdlib>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

namespace ingot::runtime {
namespace {

namespace fs = std::filesystem;

// A part is removed under its lock, so never from under the process that fills it.
bool remove_part(const fs::path& path) {
  const int descriptor = ::open(path.c_str(), O_RDWR | O_CLOEXEC);
  if (descriptor < 0) return false;
  const bool removed = ::flock(descriptor, LOCK_EX | LOCK_NB) == 0 && ::unlink(path.c_str()) == 0;
  ::close(descriptor);
  return removed;
}

bool remove_entry(const CacheEntry& entry) {
  std::error_code ignored;
  return entry.complete ? fs::remove(entry.path, ignored) : remove_part(entry.path);
}

}  // namespace

fs::path default_cache_folder() {
  if (const char* cache = std::getenv("XDG_CACHE_HOME"); cache != nullptr && *cache == '/') return fs::path(cache) / "ingot" / "rows";
  if (const char* home = std::getenv("HOME"); home != nullptr && *home == '/') return fs::path(home) / ".cache" / "ingot" / "rows";
  return {};
}

std::vector<CacheEntry> list_cache(const fs::path& folder) {
  std::vector<CacheEntry> entries;
  std::error_code error;
  for (fs::directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) {
    const fs::path ending = at->path().extension();
    struct stat status{};
    if ((ending != cache_file_ending && ending != cache_part_ending) || ::stat(at->path().c_str(), &status) != 0) continue;
    CacheEntry entry{at->path(), 0, {}, ending == cache_file_ending};
    // Blocks on the disk: a part has its full length from the start.
    entry.bytes = entry.complete ? static_cast<std::uint64_t>(status.st_size) : static_cast<std::uint64_t>(status.st_blocks) * 512;
    std::error_code ignored;
    entry.used = fs::last_write_time(entry.path, ignored);
    entries.push_back(std::move(entry));
  }
  std::ranges::sort(entries, std::greater{}, &CacheEntry::used);
  return entries;
}

std::vector<CacheEntry> clear_cache(const fs::path& folder) {
  std::vector<CacheEntry> entries = list_cache(folder);
  std::erase_if(entries, [](const CacheEntry& entry) { return !remove_entry(entry); });
  return entries;
}

bool make_room(const fs::path& folder, std::uint64_t bytes, std::uint64_t limit) {
  std::vector<CacheEntry> entries = list_cache(folder);
  std::erase_if(entries, [](const CacheEntry& entry) { return !entry.complete && remove_part(entry.path); });
  if (bytes > limit) return false;
  std::uint64_t total = 0;
  for (const CacheEntry& entry : entries) total += entry.bytes;
  for (auto oldest = entries.rbegin(); oldest != entries.rend() && total > limit - bytes; ++oldest)
    if (oldest->complete && remove_entry(*oldest)) total -= oldest->bytes;
  return total <= limit - bytes;
}

void touch_cache_file(const fs::path& path) {
  std::error_code ignored;
  fs::last_write_time(path, fs::file_time_type::clock::now(), ignored);
}

}  // namespace ingot::runtime
