// Where a program runs: memory and the execution of entries. The CPU is one implementation; accelerators are others.
//
// State and arena blocks belong to the device (`DeviceMemory`); canonical tensors, inputs, targets, scalars, metrics and
// outputs of a call are host memory. A device serves one caller at a time.
#pragma once
#include <ingot/runtime/device/team.hpp>

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace ingot::runtime {

class Device {
 public:
  virtual ~Device() = default;
  /// "cpu"
  [[nodiscard]] virtual std::string_view name() const = 0;
  [[nodiscard]] virtual std::uint32_t threads() const = 0;
  /// Zeroed memory aligned to INGOT_ALIGNMENT or better. Throws std::bad_alloc.
  [[nodiscard]] virtual void* allocate(std::size_t bytes) = 0;
  virtual void release(void* memory, std::size_t bytes) noexcept = 0;
  /// Between device memory and host memory.
  virtual void copy_to_host(void* host, const void* device, std::size_t bytes) = 0;
  virtual void copy_from_host(void* device, const void* host, std::size_t bytes) = 0;
  virtual void zero(void* device, std::size_t bytes) = 0;
  /// Runs one entry to its end.
  virtual void run(const ingot_entry& entry, ingot_call& call) = 0;
};

/// The processor this process runs on, with a team of `threads` threads (0: all that are available).
class CpuDevice final : public Device {
 public:
  explicit CpuDevice(std::uint32_t threads = 0);
  [[nodiscard]] std::string_view name() const override { return "cpu"; }
  [[nodiscard]] std::uint32_t threads() const override { return team_.size(); }
  [[nodiscard]] void* allocate(std::size_t bytes) override;
  void release(void* memory, std::size_t bytes) noexcept override;
  void copy_to_host(void* host, const void* device, std::size_t bytes) override;
  void copy_from_host(void* device, const void* host, std::size_t bytes) override;
  void zero(void* device, std::size_t bytes) override;
  void run(const ingot_entry& entry, ingot_call& call) override { team_.run(entry.run, call); }

 private:
  Team team_;
};

/// A block of device memory that is released with its owner.
class DeviceMemory {
 public:
  DeviceMemory() = default;
  DeviceMemory(Device& device, std::size_t bytes);
  ~DeviceMemory();
  DeviceMemory(DeviceMemory&& other) noexcept;
  DeviceMemory& operator=(DeviceMemory&& other) noexcept;

  [[nodiscard]] void* data() const noexcept { return data_; }
  [[nodiscard]] std::size_t size() const noexcept { return bytes_; }

 private:
  Device* device_ = nullptr;
  void* data_ = nullptr;
  std::size_t bytes_ = 0;
};

/// The target of this processor among those that objects are built for: "x86-64-v4", "x86-64-v3"; "" when it has neither.
[[nodiscard]] std::string_view cpu_target();
/// All targets that this processor runs, the best first; "x86-64-v4bf16" is of use to programs that multiply in bf16 only.
[[nodiscard]] std::span<const std::string_view> cpu_targets();

}  // namespace ingot::runtime
