// Rows of a slow source, kept once they were made: in memory, or in a cache file that is complete when every row was asked for. Training
// fills it in its first epoch.
#pragma once
#include <ingot/runtime/cache/cache_file.hpp>
#include <ingot/runtime/cache/cache_folder.hpp>
#include <ingot/runtime/data/row_source.hpp>

#include <memory>

namespace ingot::runtime {

/// Where kept rows lie. Rows are put once each, from any thread; a row may be read after its put has returned.
class RowStore {
 public:
  virtual ~RowStore() = default;
  /// Rows 0 .. capacity - 1 can be kept.
  [[nodiscard]] virtual std::uint64_t capacity() const = 0;
  /// False: it cannot be kept.
  virtual bool put(std::uint32_t row, std::span<const std::byte> bytes) = 0;
  [[nodiscard]] virtual const std::byte* row(std::uint32_t row) const = 0;
  /// All rows below the capacity were put. Once.
  virtual void complete() {}
};

/// Memory for the first rows, as many as `bytes` hold.
std::unique_ptr<RowStore> memory_store(std::uint64_t rows, std::uint64_t row_bytes, std::uint64_t bytes);
/// The only table of a cache file that is being filled. What goes wrong is told, and the rows not yet kept are made in every pass.
std::unique_ptr<RowStore> file_store(std::unique_ptr<CacheFileWriter> writer, const CacheExtents& extents, std::string description,
                                     std::uint32_t threads, std::function<void(const std::string&)> tell);

/// `source`, with each row below the capacity of `store` made once.
std::shared_ptr<const RowSource> cached_rows(std::shared_ptr<const RowSource> source, std::uint64_t row_bytes,
                                             std::unique_ptr<RowStore> store);

}  // namespace ingot::runtime
