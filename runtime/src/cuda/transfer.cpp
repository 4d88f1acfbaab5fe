#include "cuda/transfer.hpp"

#include <algorithm>
#include <cstring>

namespace ingot::runtime::cuda {
namespace {

// Large enough that a copy of one costs much more than starting it.
constexpr std::size_t buffer_bytes = std::size_t{4} << 20;

constexpr const char* what = "copy between host and device";

}  // namespace

Transfer::Transfer(const Context& context) : context_(context), buffer_(context, buffer_bytes) {}

void Transfer::to_device(CUdeviceptr to, const void* from, std::size_t bytes, CUstream stream) {
  const Driver& driver = context_.driver();
  for (std::size_t done = 0; done < bytes; done += buffer_bytes) {
    const std::size_t n = std::min(buffer_bytes, bytes - done);
    std::memcpy(buffer_.data(), static_cast<const std::byte*>(from) + done, n);
    context_.check(driver.copy_to_device(to + done, buffer_.data(), n, stream), what);
    context_.check(driver.stream_synchronize(stream), what);
  }
}

void Transfer::to_host(void* to, CUdeviceptr from, std::size_t bytes, CUstream stream) {
  const Driver& driver = context_.driver();
  for (std::size_t done = 0; done < bytes; done += buffer_bytes) {
    const std::size_t n = std::min(buffer_bytes, bytes - done);
    context_.check(driver.copy_to_host(buffer_.data(), from + done, n, stream), what);
    context_.check(driver.stream_synchronize(stream), what);
    std::memcpy(static_cast<std::byte*>(to) + done, buffer_.data(), n);
  }
}

void Transfer::zero(CUdeviceptr at, std::size_t bytes, CUstream stream) {
  if (bytes == 0) return;
  context_.check(context_.driver().set_bytes(at, 0, bytes, stream), "zero its memory");
  context_.check(context_.driver().stream_synchronize(stream), "zero its memory");
}

}  // namespace ingot::runtime::cuda
