#include "cache/object_cache.hpp"

#include "cache/content_hash.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <cstring>
#include <fstream>
#include <system_error>
#include <unistd.h>

namespace ingot::codegen {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t key_digits = 32;

struct EntryHeader {
  std::array<char, 8> magic{'I', 'N', 'G', 'O', 'T', 'O', 'B', '1'};
  std::array<char, key_digits> key{};
  std::uint64_t size = 0;
  ContentHash hash{};
};

bool is_key(std::string_view key) {
  return key.size() == key_digits && key.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

EntryHeader header_of(std::string_view key, std::string_view object) {
  EntryHeader header;
  std::copy(key.begin(), key.end(), header.key.begin());
  header.size = object.size();
  header.hash = content_hash(object);
  return header;
}

/// The object, or nothing when any byte of the file is not what `store` wrote.
std::string read_entry(const fs::path& path, std::string_view key) {
  std::ifstream in(path, std::ios::binary);
  EntryHeader header;
  if (!in.read(reinterpret_cast<char*>(&header), sizeof header)) return {};
  std::error_code error;
  const auto length = fs::file_size(path, error);
  if (error || length < sizeof header || header.size != length - sizeof header) return {};  // before trusting a size to allocate
  std::string object(header.size, '\0');
  if (!in.read(object.data(), static_cast<std::streamsize>(object.size()))) return {};
  const EntryHeader expected = header_of(key, object);
  return std::memcmp(&header, &expected, sizeof header) == 0 ? object : std::string{};
}

bool write_file(const fs::path& path, const EntryHeader& header, std::string_view object) {
  std::ofstream out(path, std::ios::binary | std::ios::trunc);
  out.write(reinterpret_cast<const char*>(&header), sizeof header);
  out.write(object.data(), static_cast<std::streamsize>(object.size()));
  out.close();
  return !out.fail();
}

/// Unique among the threads of all processes that share the directory.
std::string temporary_suffix() {
  static std::atomic<unsigned> counter{0};
  return ".tmp." + std::to_string(::getpid()) + "." + std::to_string(counter.fetch_add(1));
}

}  // namespace

ObjectCache::ObjectCache(fs::path directory) : directory_(std::move(directory)) {}

fs::path ObjectCache::path_of(std::string_view key) const { return directory_ / std::string(key.substr(0, 2)) / std::string(key); }

std::string ObjectCache::find(std::string_view key) {
  if (!is_key(key)) return {};
  return read_entry(path_of(key), key);
}

void ObjectCache::store(std::string_view key, std::string_view object) {
  if (!is_key(key) || object.empty()) return;
  try {
    const fs::path path = path_of(key);
    fs::path temporary = path;
    temporary += temporary_suffix();
    std::error_code error;
    fs::create_directories(path.parent_path(), error);
    if (write_file(temporary, header_of(key, object), object)) {
      fs::rename(temporary, path, error);
      if (!error) return;
    }
    fs::remove(temporary, error);
  } catch (const std::exception&) {
    return;  // the contract of store: an entry that cannot be kept is compiled again
  }
}

}  // namespace ingot::codegen
