// Where things lie in a cache file.
#pragma once
#include <ingot/runtime/cache/cache_file.hpp>

#include <optional>
#include <type_traits>

namespace ingot::runtime {

inline constexpr std::uint64_t cache_page = 4096, cache_block = std::uint64_t{4} << 20;
inline constexpr std::uint32_t cache_version = 1;
inline constexpr char cache_magic[8] = {'I', 'N', 'G', 'T', 'R', 'O', 'W', 'S'};

/// The first bytes of the file; zeros follow up to a page.
struct CacheHeader {
  char magic[8];
  std::uint32_t version, tables;
  std::uint64_t key[2];
  std::uint64_t rows, description_bytes;
  std::uint64_t row_bytes[CacheExtents::max_tables];
  std::uint64_t tail_check;
  std::uint64_t header_check;  // of all before it
};
static_assert(std::is_trivially_copyable_v<CacheHeader> && sizeof(CacheHeader) <= cache_page);

/// Offsets of the tables and, last, of the tail; nothing when the extents overflow.
std::optional<std::vector<std::uint64_t>> cache_offsets(const CacheExtents& extents);
/// Checks of the blocks of `tables`, which are all the bytes between header and tail.
std::vector<std::uint64_t> block_checks(std::span<const std::byte> tables, std::uint32_t threads);
std::uint64_t header_check(const CacheHeader& header);

}  // namespace ingot::runtime
