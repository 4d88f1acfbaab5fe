// The device of a test that is built once for each: DEVICE_UNDER_TEST names it, "cpu", "simulated" or "cuda".
#pragma once
#include "support/gpu_or_skip.hpp"

#include <catch2/catch.hpp>

#include <memory>
#include <string_view>

namespace ingot::test {

inline constexpr std::string_view device_kind = DEVICE_UNDER_TEST;

/// `threads`: of the processor. Where there is no GPU, the program for "cuda" says so and ends as skipped.
inline std::unique_ptr<runtime::Device> device_under_test(unsigned threads = 2) {
  if (device_kind == "simulated") return std::make_unique<runtime::CudaDevice>(runtime::CudaOptions{0, SIMULATED_CUDA});
  if (device_kind == "cuda") return gpu_or_skip();
  return std::make_unique<runtime::CpuDevice>(threads);
}

}  // namespace ingot::test
