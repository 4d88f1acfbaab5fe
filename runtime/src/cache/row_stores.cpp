#include <fmt/format.h>
#include <ingot/runtime/cache/cached_rows.hpp>
#include <ingot/runtime/data/array.hpp>
#include <ingot/runtime/data/error.hpp>

#include <algorithm>
#include <atomic>
#include <cstring>

namespace ingot::runtime {
namespace {

class MemoryStore final : public RowStore {
 public:
  MemoryStore(std::uint64_t capacity, std::uint64_t row_bytes)
      : capacity_(capacity), row_bytes_(row_bytes), memory_(allocate_bytes(capacity * row_bytes, "the cache of rows")) {}

  [[nodiscard]] std::uint64_t capacity() const override { return capacity_; }
  bool put(std::uint32_t row, std::span<const std::byte> bytes) override {
    std::memcpy(memory_.get() + row * row_bytes_, bytes.data(), row_bytes_);
    return true;
  }
  [[nodiscard]] const std::byte* row(std::uint32_t row) const override { return memory_.get() + row * row_bytes_; }

 private:
  std::uint64_t capacity_, row_bytes_;
  std::shared_ptr<std::byte> memory_;
};

class FileStore final : public RowStore {
 public:
  FileStore(std::unique_ptr<CacheFileWriter> writer, const CacheExtents& extents, std::string description, std::uint32_t threads,
            std::function<void(const std::string&)> tell)
      : writer_(std::move(writer)), rows_(extents.rows), description_(std::move(description)), threads_(threads), tell_(std::move(tell)) {}

  [[nodiscard]] std::uint64_t capacity() const override { return rows_; }
  bool put(std::uint32_t row, std::span<const std::byte> bytes) override {
    if (failed_.load(std::memory_order_relaxed)) return false;
    try {
      writer_->write(0, row, bytes);
      return true;
    } catch (const Error& error) {
      give_up(error);
      return false;
    }
  }
  [[nodiscard]] const std::byte* row(std::uint32_t row) const override { return writer_->row(0, row); }
  void complete() override {
    try {
      writer_->finish(description_, threads_);
    } catch (const Error& error) {
      give_up(error);
    }
  }

 private:
  void give_up(const Error& error) {
    if (!failed_.exchange(true) && tell_) tell_(fmt::format("no cache file is written: {}", error.what()));
  }

  std::unique_ptr<CacheFileWriter> writer_;
  std::uint64_t rows_;
  std::string description_;
  std::uint32_t threads_;
  std::function<void(const std::string&)> tell_;
  std::atomic<bool> failed_ = false;
};

}  // namespace

std::unique_ptr<RowStore> memory_store(std::uint64_t rows, std::uint64_t row_bytes, std::uint64_t bytes) {
  return std::make_unique<MemoryStore>(std::min(rows, bytes / std::max<std::uint64_t>(row_bytes, 1)), row_bytes);
}

std::unique_ptr<RowStore> file_store(std::unique_ptr<CacheFileWriter> writer, const CacheExtents& extents, std::string description,
                                     std::uint32_t threads, std::function<void(const std::string&)> tell) {
  return std::make_unique<FileStore>(std::move(writer), extents, std::move(description), threads, std::move(tell));
}

}  // namespace ingot::runtime
