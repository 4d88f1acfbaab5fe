#include "cache/cache_layout.hpp"

#include "data/workers.hpp"

#include <ingot/runtime/data/hash.hpp>

#include <algorithm>
#include <cstddef>

namespace ingot::runtime {

std::optional<std::vector<std::uint64_t>> cache_offsets(const CacheExtents& extents) {
  // Files end before 2^62, so sums of two lengths do not wrap.
  constexpr std::uint64_t most = std::uint64_t{1} << 62;
  std::vector<std::uint64_t> offsets{cache_page};
  for (const std::uint64_t row_bytes : extents.row_bytes) {
    std::uint64_t bytes = 0;
    if (__builtin_mul_overflow(extents.rows, row_bytes, &bytes) || bytes > most) return std::nullopt;
    const std::uint64_t end = offsets.back() + bytes;
    if (end > most) return std::nullopt;
    offsets.push_back((end + cache_page - 1) / cache_page * cache_page);
  }
  return offsets;
}

std::vector<std::uint64_t> block_checks(std::span<const std::byte> tables, std::uint32_t threads) {
  std::vector<std::uint64_t> checks((tables.size() + cache_block - 1) / cache_block);
  Workers(std::max(1u, threads)).run(checks.size(), [&](std::size_t b) {
    const auto block = tables.subspan(b * cache_block, std::min<std::uint64_t>(cache_block, tables.size() - b * cache_block));
    checks[b] = ContentHash().add(block.data(), block.size()).digest();
  });
  return checks;
}

std::uint64_t header_check(const CacheHeader& header) { return ContentHash().add(&header, offsetof(CacheHeader, header_check)).digest(); }

}  // namespace ingot::runtime
