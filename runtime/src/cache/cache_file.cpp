// Complete cache files: opening is checking.
#include <ingot/runtime/cache/cache_file.hpp>

#include "cache/cache_layout.hpp"

#include <fmt/format.h>
#include <ingot/runtime/data/error.hpp>

#include <algorithm>
#include <cstring>

namespace ingot::runtime {
namespace {

[[noreturn]] void refuse(const std::filesystem::path& path, const std::string& why) {
  throw UserError(fmt::format("{} is {}", path.string(), why));
}

CacheHeader read_header(std::span<const std::byte> bytes, const std::filesystem::path& path, const CacheKey& key) {
  CacheHeader header{};
  if (bytes.size() < cache_page) refuse(path, fmt::format("damaged: {} bytes are too few", bytes.size()));
  std::memcpy(&header, bytes.data(), sizeof header);
  if (std::memcmp(header.magic, cache_magic, sizeof cache_magic) != 0) refuse(path, "no cache file");
  if (header.version != cache_version) refuse(path, fmt::format("of version {}, this program reads {}", header.version, cache_version));
  if (header.header_check != header_check(header)) refuse(path, "damaged: its header does not match its check");
  if (header.tables > CacheExtents::max_tables) refuse(path, fmt::format("damaged: it cannot have {} tables", header.tables));
  const auto words = key.words();
  if (!std::equal(words.begin(), words.end(), header.key)) refuse(path, "of another key than its name says");
  return header;
}

}  // namespace

std::filesystem::path cache_file_path(const std::filesystem::path& folder, const CacheKey& key) {
  return folder / (key.text() + cache_file_ending);
}

std::uint64_t cache_file_bytes(const CacheExtents& extents) {
  const auto offsets = cache_offsets(extents);
  if (!offsets) throw UserError(fmt::format("{} rows are too many for one cache file; leave cache out of the recipe", extents.rows));
  const std::uint64_t tables = offsets->back() - cache_page;
  return offsets->back() + (tables + cache_block - 1) / cache_block * sizeof(std::uint64_t);
}

CacheFile CacheFile::open(const std::filesystem::path& path, const CacheKey& key, std::uint32_t threads) {
  CacheFile cache;
  cache.file_ = MappedFile::open(path);
  const auto bytes = cache.file_->bytes();
  const CacheHeader header = read_header(bytes, path, key);
  cache.extents_ = {header.rows, {header.row_bytes, header.row_bytes + header.tables}};
  auto offsets = cache_offsets(cache.extents_);
  if (!offsets || offsets->back() > bytes.size()) refuse(path, fmt::format("damaged: it has {} bytes, its tables need more", bytes.size()));
  const auto tables = bytes.subspan(cache_page, offsets->back() - cache_page), tail = bytes.subspan(offsets->back());
  const std::uint64_t check_bytes = (tables.size() + cache_block - 1) / cache_block * sizeof(std::uint64_t);
  if (tail.size() < check_bytes || tail.size() - check_bytes != header.description_bytes)
    refuse(path, fmt::format("damaged: it has {} bytes, not what its header says", bytes.size()));
  if (ContentHash().add(tail.data(), tail.size()).digest() != header.tail_check) refuse(path, "damaged: its end does not match its check");
  const std::vector<std::uint64_t> checks = block_checks(tables, threads);
  for (std::size_t b = 0; b < checks.size(); ++b)
    if (std::memcmp(&checks[b], tail.data() + b * sizeof checks[b], sizeof checks[b]) != 0)
      refuse(path, fmt::format("damaged: the block at byte {} does not match its check", cache_page + b * cache_block));
  cache.offsets_ = std::move(*offsets);
  cache.description_.assign(reinterpret_cast<const char*>(tail.data()) + check_bytes, header.description_bytes);
  return cache;
}

std::shared_ptr<const std::byte> CacheFile::table(std::size_t t) const { return {file_, file_->bytes().data() + offsets_.at(t)}; }

}  // namespace ingot::runtime
