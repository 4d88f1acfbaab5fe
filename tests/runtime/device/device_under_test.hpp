// The device of a test that is built once for each: DEVICE_UNDER_TEST names it, "cpu", "simulated" or "cuda". Where there is no GPU, the
// program for "cuda" says so and ends as skipped.
#pragma once
#include <ingot/runtime/data/error.hpp>
#include <ingot/runtime/device/cuda.hpp>

#define CATCH_CONFIG_EXTERNAL_INTERFACES  // of listeners
#include <catch2/catch.hpp>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string_view>

namespace ingot::test {

inline constexpr std::string_view device_under_test = DEVICE_UNDER_TEST;

/// `threads`: of the processor.
inline std::unique_ptr<runtime::Device> open_device(unsigned threads = 2) {
  if (device_under_test == "simulated") return std::make_unique<runtime::CudaDevice>(runtime::CudaOptions{0, SIMULATED_CUDA});
  if (device_under_test == "cuda") return std::make_unique<runtime::CudaDevice>(runtime::CudaOptions{});
  return std::make_unique<runtime::CpuDevice>(threads);
}

struct SkipWithoutGpu : Catch::TestEventListenerBase {
  using TestEventListenerBase::TestEventListenerBase;
  void testRunStarting(const Catch::TestRunInfo&) override {
    try {
      open_device();
    } catch (const runtime::MachineError& error) {
      if (device_under_test != "cuda") throw;
      std::printf("SKIPPED: %s\n", error.what());
      std::fflush(stdout);
      std::_Exit(77);
    }
  }
};
CATCH_REGISTER_LISTENER(SkipWithoutGpu)

}  // namespace ingot::test
