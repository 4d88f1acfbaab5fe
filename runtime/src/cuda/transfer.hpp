// Copies between host memory of any kind and the device, through a pinned buffer, and returns when they are done.
#pragma once
#include "cuda/context.hpp"

#include <cstddef>

namespace ingot::runtime::cuda {

class Transfer {
 public:
  explicit Transfer(const Context& context);

  /// In the order of `stream`: behind what it has been given before.
  void to_device(CUdeviceptr to, const void* from, std::size_t bytes, CUstream stream);
  void to_host(void* to, CUdeviceptr from, std::size_t bytes, CUstream stream);
  void zero(CUdeviceptr at, std::size_t bytes, CUstream stream);

 private:
  const Context& context_;
  PinnedMemory buffer_;
};

}  // namespace ingot::runtime::cuda
