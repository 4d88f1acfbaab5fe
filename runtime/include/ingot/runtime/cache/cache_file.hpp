// A cache file: tables of rows and a description, complete and checked, read as memory.
//
//   header          4096 bytes: magic, version, key, extents, checks of tail and header
//   tables          rows x row bytes each, from a multiple of 4096 on
//   tail            one check (XXH64) per block of 4 MiB of the tables, then the description, a text of the writer's
//
// Numbers are little-endian. A file gets its name (KEY.rows) only when it is complete and synced; until then it is KEY.part, locked by
// the process that fills it. The lock goes with the process, so a part that nobody holds is a remainder of a killed one.
#pragma once
#include <ingot/runtime/cache/cache_key.hpp>
#include <ingot/runtime/data/mapped_file.hpp>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace ingot::runtime {

struct CacheExtents {
  std::uint64_t rows = 0;
  std::vector<std::uint64_t> row_bytes;  ///< per table; at most max_tables

  static constexpr std::size_t max_tables = 32;
};

inline constexpr const char *cache_file_ending = ".rows", *cache_part_ending = ".part";
std::filesystem::path cache_file_path(const std::filesystem::path& folder, const CacheKey& key);

class CacheFile {
 public:
  /// Checks every byte, on `threads` threads. Throws UserError "FILE is ..." when it is damaged, of another version or key; there is none:
  /// UserError too.
  static CacheFile open(const std::filesystem::path& path, const CacheKey& key, std::uint32_t threads);

  [[nodiscard]] const CacheExtents& extents() const noexcept { return extents_; }
  /// Row 0 of a table; it keeps the file mapped.
  [[nodiscard]] std::shared_ptr<const std::byte> table(std::size_t t) const;
  [[nodiscard]] const std::string& description() const noexcept { return description_; }
  [[nodiscard]] std::uint64_t bytes() const { return file_->bytes().size(); }

 private:
  CacheFile() = default;
  std::shared_ptr<const MappedFile> file_;
  CacheExtents extents_;
  std::vector<std::uint64_t> offsets_;
  std::string description_;
};

class CacheFileWriter {
 public:
  /// Nothing when another process is filling the same file. `folder` exists. Throws MachineError.
  static std::unique_ptr<CacheFileWriter> begin(const std::filesystem::path& folder, const CacheKey& key, const CacheExtents& extents);
  /// Removes the part when finish was not reached.
  ~CacheFileWriter();
  CacheFileWriter(const CacheFileWriter&) = delete;
  CacheFileWriter& operator=(const CacheFileWriter&) = delete;

  /// Rows in any order, from any thread. Throws MachineError, e.g. when the disk is full.
  void write(std::size_t table, std::uint64_t first_row, std::span<const std::byte> rows);
  /// Rows that were written, as memory.
  [[nodiscard]] const std::byte* row(std::size_t table, std::uint64_t row) const;
  /// Every row was written: adds checks and description, syncs, and gives the file its name. Once.
  void finish(const std::string& description, std::uint32_t threads);

 private:
  CacheFileWriter() = default;
  void put(const void* data, std::size_t bytes, std::uint64_t offset);

  std::filesystem::path part_, target_;
  std::array<std::uint64_t, 2> key_{};
  CacheExtents extents_;
  std::vector<std::uint64_t> offsets_;  // of the tables, then of the tail
  int descriptor_ = -1;
  const std::byte* memory_ = nullptr;  // the tables, mapped
  bool finished_ = false;
};

/// Bytes of a file of these extents, its description left out. Throws UserError when they cannot be counted.
std::uint64_t cache_file_bytes(const CacheExtents& extents);

}  // namespace ingot::runtime
