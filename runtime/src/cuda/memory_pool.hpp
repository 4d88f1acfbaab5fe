// The memory of a device in blocks that are kept when they are given back: asking the driver stops the device, and the trials of a
// search ask for the same sizes again and again.
//
// Blocks are aligned to INGOT_DEVICE_ALIGNMENT. Not thread-safe; blocks that are given back must no longer be in use by the device.
#pragma once
#include "cuda/context.hpp"

#include <cstddef>
#include <map>

namespace ingot::runtime::cuda {

class MemoryPool {
 public:
  explicit MemoryPool(const Context& context) : context_(context) {}
  ~MemoryPool() { trim(); }
  MemoryPool(const MemoryPool&) = delete;
  MemoryPool& operator=(const MemoryPool&) = delete;

  /// Not zeroed. When the driver has no more, kept blocks go back to it first. Throws MachineError that names the bytes wanted and free.
  [[nodiscard]] CUdeviceptr allocate(std::size_t bytes);
  void release(CUdeviceptr block) noexcept;
  /// Bytes that are not in use, kept blocks included.
  [[nodiscard]] std::size_t available() const;

 private:
  void trim() noexcept;

  const Context& context_;
  std::map<CUdeviceptr, std::size_t> used_;       // block, its size
  std::multimap<std::size_t, CUdeviceptr> kept_;  // size, block
  std::size_t kept_bytes_ = 0;
};

/// A block that goes back to its pool with its owner.
class PoolBlock {
 public:
  PoolBlock() = default;
  PoolBlock(MemoryPool& pool, std::size_t bytes) : pool_(&pool), block_(pool.allocate(bytes)), bytes_(bytes) {}
  ~PoolBlock() {
    if (block_ != 0) pool_->release(block_);
  }
  PoolBlock(PoolBlock&& other) noexcept
      : pool_(other.pool_), block_(std::exchange(other.block_, 0)), bytes_(std::exchange(other.bytes_, 0)) {}
  PoolBlock& operator=(PoolBlock&& other) noexcept {
    std::swap(pool_, other.pool_);
    std::swap(block_, other.block_);
    std::swap(bytes_, other.bytes_);
    return *this;
  }
  [[nodiscard]] CUdeviceptr address() const noexcept { return block_; }
  [[nodiscard]] std::size_t size() const noexcept { return bytes_; }

 private:
  MemoryPool* pool_ = nullptr;
  CUdeviceptr block_ = 0;
  std::size_t bytes_ = 0;
};

}  // namespace ingot::runtime::cuda
