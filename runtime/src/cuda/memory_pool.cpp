#include "cuda/memory_pool.hpp"

#include <fmt/format.h>
#include <ingot/runtime/data/error.hpp>
#include <ingot_device.h>

#include <algorithm>

namespace ingot::runtime::cuda {
namespace {

// A kept block may be a quarter larger than what is asked for, so that similar sizes share it without wasting much.
constexpr std::size_t most_for(std::size_t bytes) { return bytes + bytes / 4; }

std::size_t rounded(std::size_t bytes) {
  return (std::max<std::size_t>(bytes, 1) + INGOT_DEVICE_ALIGNMENT - 1) / INGOT_DEVICE_ALIGNMENT * INGOT_DEVICE_ALIGNMENT;
}

}  // namespace

CUdeviceptr MemoryPool::allocate(std::size_t bytes) {
  const std::size_t wanted = rounded(bytes);
  if (const auto found = kept_.lower_bound(wanted); found != kept_.end() && found->first <= most_for(wanted)) {
    const auto [size, block] = *found;
    used_.emplace(block, size);
    kept_.erase(found);
    kept_bytes_ -= size;
    return block;
  }
  CUdeviceptr block = 0;
  CUresult result = context_.driver().allocate(&block, wanted);
  if (result == CUDA_ERROR_OUT_OF_MEMORY && !kept_.empty()) {
    trim();
    result = context_.driver().allocate(&block, wanted);
  }
  if (result == CUDA_ERROR_OUT_OF_MEMORY) {
    throw MachineError(fmt::format("{}: cannot allocate {} bytes of its memory, {} are free: {}; use a smaller batch or fewer jobs",
                                   context_.name(), wanted, available(), context_.driver().words(result)));
  }
  context_.check(result, fmt::format("allocate {} bytes of its memory", wanted));
  try {
    used_.emplace(block, wanted);
  } catch (...) {
    context_.driver().release(block);
    throw;
  }
  return block;
}

void MemoryPool::release(CUdeviceptr block) noexcept {
  const auto found = used_.find(block);
  const std::size_t size = found->second;
  used_.erase(found);
  try {
    kept_.emplace(size, block);
    kept_bytes_ += size;
  } catch (...) {  // no memory to remember it by
    context_.driver().release(block);
  }
}

std::size_t MemoryPool::available() const {
  std::size_t free = 0, total = 0;
  if (context_.driver().memory_info(&free, &total) != CUDA_SUCCESS) return kept_bytes_;
  return free + kept_bytes_;
}

void MemoryPool::trim() noexcept {
  for (const auto& [size, block] : kept_) context_.driver().release(block);
  kept_.clear();
  kept_bytes_ = 0;
}

}  // namespace ingot::runtime::cuda
