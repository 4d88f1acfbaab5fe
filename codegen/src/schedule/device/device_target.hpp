// What schedules for a GPU may know about it: a description, never the device itself.
#pragma once
#include "schedule/target.hpp"

#include <span>
#include <string>
#include <string_view>

namespace ingot::codegen {

/// Figures of NVIDIA's "CUDA C++ Programming Guide", table of technical specifications per compute capability.
struct DeviceTarget {
  std::string_view name;         ///< "sm_80"
  int sm = 80;                   ///< compute capability times ten
  int multiprocessors = 108;     ///< of the data-centre part, or the largest consumer part
  int shared_per_block = 0;      ///< bytes, the most a block may ask for
  int shared_per_processor = 0;  ///< bytes
  int registers_per_processor = 65536;
  int threads_per_processor = 2048;
  double memory_bytes_per_us = 0;  ///< of the memory of the device, from its data sheet
  double cache_bytes_per_us = 0;   ///< from the second-level cache to one multiprocessor: 64 bytes a cycle
  double tensor_flops_per_us = 0;  ///< of 16-bit products summed in float32, dense, from its data sheet
  double float_flops_per_us = 0;   ///< of float32 outside of tensor cores, from its data sheet
};

/// From the end of one kernel of a graph to the work of the next. An assumption: between the 0.5 us that NVIDIA's "Getting Started with
/// CUDA Graphs" (2019) leaves a kernel and what a stream needs; no device has measured it yet.
inline constexpr double launch_overhead_us = 1.5;
/// What products reach of the device's peak, by our kernels and by cuBLASLt. Assumptions as well: mma.sync alone reaches about 0.6 of the
/// tensor cores of sm_90 (Luo et al., Benchmarking and Dissecting the Nvidia Hopper GPU Architecture, 2024), a kernel around it less; the
/// library's large products are known to reach 0.7 to 0.8.
inline constexpr double own_product_share = 0.45, library_product_share = 0.75;

/// sm_80, sm_90, sm_100, sm_120.
[[nodiscard]] std::span<const DeviceTarget> device_targets();
/// Throws UserError for a name that has no row.
[[nodiscard]] const DeviceTarget& find_device_target(std::string_view name);
/// What device programs are scheduled for where nothing else is said: PTX for it runs on everything later.
[[nodiscard]] const DeviceTarget& portable_device_target();

/// A time that a cost rule estimated, with one decimal: "12.3".
[[nodiscard]] std::string microseconds_text(double us);

/// Threads of a block, for every kernel: kernels of one phase share a launch, so they agree on it.
inline constexpr int block_threads = 256;
inline constexpr int warp_threads = 32;

/// Is `target`, as callers name it, a device: "cuda"; "cuda:sm_90", which adds a cubin for that one where ptxas is installed; or
/// "cuda-emulated", which adds the form that the emulator of the tests runs?
[[nodiscard]] bool names_device(std::string_view target);
[[nodiscard]] bool names_emulated_device(std::string_view target);
/// The device behind the colon; null: none is named. Throws UserError when it has no row.
[[nodiscard]] const DeviceTarget* named_device(std::string_view target);

/// The dense Target under which the common scheduler makes kernels for a device.
[[nodiscard]] Target dense_target(const DeviceTarget& device);

}  // namespace ingot::codegen
