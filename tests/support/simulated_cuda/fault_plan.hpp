// What is to go wrong on a simulated device, as a few lines of text:
//
//   devices 2                    how many there are (1)
//   memory 1000000               bytes of each (1 GiB)
//   seed 7                       of the order in which streams and device threads run (1)
//   allocation 3                 the third allocation of device memory finds none
//   refuse launch 4              the fourth launch that the host asks for is refused
//   fail launch 17               the seventeenth kernel that runs fails, in a graph or not; the device is of no use from then on
//   fail gemm 2                  the same for the products of the library
//   lose device 40               the fortieth operation finds that the device is gone
//
// Counts begin at 1. Lines that begin with # and empty lines mean nothing.
#pragma once
#include <cstddef>
#include <cstdint>
#include <string>

namespace ingot::test {

struct FaultPlan {
  int devices = 1;
  std::size_t memory = std::size_t{1} << 30;
  std::uint64_t seed = 1;
  std::uint64_t allocation = 0, refused_launch = 0, failed_launch = 0, failed_gemm = 0, lost_device = 0;  // 0: never
};

/// Throws std::invalid_argument that quotes the line which it cannot read.
FaultPlan parse_fault_plan(const std::string& text);

}  // namespace ingot::test
