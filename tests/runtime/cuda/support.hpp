// A simulated device for tests in one process: each test begins with a plan of faults and reads the report at its end.
#pragma once
#include <ingot/runtime/device/cuda.hpp>

#include <cstdint>
#include <memory>
#include <string>

namespace ingot::test {

/// Starts the simulated driver anew with this plan and opens its device 0.
std::unique_ptr<runtime::CudaDevice> simulated_device(const std::string& plan = {});
/// What the simulated driver has seen, lines "NAME VALUE".
std::string simulated_report();
/// A count of the report.
std::uint64_t reported(const std::string& name);
/// From now on the simulated library of products lacks this epilogue; 0: none.
void lack_epilogue(int epilogue);
/// The lines of misuse in the report; empty: nothing was wrong.
std::string wrongs();

}  // namespace ingot::test
