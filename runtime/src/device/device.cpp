#include <ingot/runtime/device/device.hpp>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <new>
#include <sys/mman.h>
#include <utility>

namespace ingot::runtime {
namespace {

constexpr std::size_t huge_page = std::size_t{2} << 20;

// Blocks of half a huge page and more are rounded to whole huge pages: weights are walked in panels, and every 4 KB page of
// them would want its own translation.
std::size_t alignment_for(std::size_t bytes) { return bytes >= huge_page / 2 ? huge_page : INGOT_ALIGNMENT; }

}  // namespace

CpuDevice::CpuDevice(std::uint32_t threads) : team_(threads == 0 ? available_threads() : threads) {}

void* CpuDevice::allocate(std::size_t bytes) {
  const std::size_t alignment = alignment_for(bytes);
  const std::size_t whole = (std::max<std::size_t>(bytes, 1) + alignment - 1) / alignment * alignment;
  void* memory = std::aligned_alloc(alignment, whole);
  if (memory == nullptr) throw std::bad_alloc();
  if (alignment == huge_page) madvise(memory, whole, MADV_HUGEPAGE);  // advice: a refusal costs speed only
  std::memset(memory, 0, whole);
  return memory;
}

void CpuDevice::release(void* memory, std::size_t) noexcept { std::free(memory); }

void CpuDevice::copy_to_host(void* host, const void* device, std::size_t bytes) { std::memcpy(host, device, bytes); }
void CpuDevice::copy_from_host(void* device, const void* host, std::size_t bytes) { std::memcpy(device, host, bytes); }
void CpuDevice::zero(void* device, std::size_t bytes) { std::memset(device, 0, bytes); }

DeviceMemory::DeviceMemory(Device& device, std::size_t bytes) : device_(&device), data_(device.allocate(bytes)), bytes_(bytes) {}

DeviceMemory::~DeviceMemory() {
  if (data_ != nullptr) device_->release(data_, bytes_);
}

DeviceMemory::DeviceMemory(DeviceMemory&& other) noexcept
    : device_(other.device_), data_(std::exchange(other.data_, nullptr)), bytes_(std::exchange(other.bytes_, 0)) {}

DeviceMemory& DeviceMemory::operator=(DeviceMemory&& other) noexcept {
  std::swap(device_, other.device_);
  std::swap(data_, other.data_);
  std::swap(bytes_, other.bytes_);
  return *this;
}

}  // namespace ingot::runtime
