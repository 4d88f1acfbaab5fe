// Hands out the batches of an epoch; a background thread prepares the following ones while a step runs.
//
//   BatchSource source(train, {.batch = 32, .seed = seed});
//   source.start(epoch, first_batch);                       // also to resume in the middle of an epoch
//   while (const Batch* b = source.next()) step(*b);        // null at the end of the epoch; the next epoch is already being prepared
//
// What comes out is a pure function of (data, options, epoch, batch number); the background thread changes nothing but the time.
// Resident data are not copied: a batch is a list of row numbers into the tables. Other data are staged: rows are copied by the
// thread, or made by the source of their table with threads of its own, then transformed where the options say so, and index is null.
// Batches are prepared in windows of many, so that a short step pays no wake-up; nothing is allocated after construction (but by sources of
// rows). One caller at a time; the tables' memory is kept alive by the source.
#pragma once
#include <ingot/runtime/data/batch_transform.hpp>
#include <ingot/runtime/data/dataset.hpp>

#include <cstdint>
#include <memory>

namespace ingot::runtime {

struct BatchOptions {
  std::uint32_t batch = 32;
  std::uint64_t seed = 0;
  bool shuffle = true;
  bool background = true;                       ///< false: everything is done inside next()
  bool touch_rows = false;                      ///< the thread also reads the rows ahead into the cache: pays when a core is free
  bool force_staging = false;                   ///< stage even resident data
  std::shared_ptr<BatchTransform> transform{};  ///< changes staged rows; all data are staged then
};

/// Valid until the next call of next() or start(). The pointers fit ingot_call.
struct Batch {
  std::uint64_t epoch = 0;   ///< from 0
  std::uint64_t number = 0;  ///< of the batch in its epoch, from 0
  std::uint32_t rows = 0;    ///< options.batch, less in the last one
  const std::uint32_t* index = nullptr;
  const void* const* inputs = nullptr;
  const std::uint32_t* input_dtypes = nullptr;
  const void* const* targets = nullptr;
};

class BatchSource {
 public:
  /// `data` has at least one row and fewer than 2^32.
  BatchSource(const Dataset& data, const BatchOptions& options);
  ~BatchSource();
  BatchSource(const BatchSource&) = delete;
  BatchSource& operator=(const BatchSource&) = delete;

  [[nodiscard]] std::uint64_t batches_per_epoch() const noexcept;
  /// Batches are copies, not row numbers into the tables.
  [[nodiscard]] bool stages() const noexcept;
  /// The next batch will be number `first_batch` of `epoch`. Free of cost when the source is already there.
  void start(std::uint64_t epoch, std::uint64_t first_batch = 0);
  /// Null when the epoch has ended; then start(epoch + 1) goes on. Throws what a source of rows throws.
  const Batch* next();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace ingot::runtime
