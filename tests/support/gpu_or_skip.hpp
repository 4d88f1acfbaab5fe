// The first CUDA device of this machine. Where there is none the test program ends as skipped, with the reason.
#pragma once
#include <ingot/runtime/data/error.hpp>
#include <ingot/runtime/device/cuda.hpp>

#include <cstdio>
#include <cstdlib>
#include <memory>

namespace ingot::test {

inline std::unique_ptr<runtime::CudaDevice> gpu_or_skip() {
  try {
    return std::make_unique<runtime::CudaDevice>(runtime::CudaOptions{});
  } catch (const runtime::MachineError& error) {
    std::printf("SKIPPED: %s\n", error.what());
    std::fflush(stdout);
    std::_Exit(77);
  }
}

}  // namespace ingot::test
