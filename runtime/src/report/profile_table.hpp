// The profile of a program's steps as numbers for a table: time, traffic and arithmetic of every kernel.
#pragma once
#include <ingot/runtime/model/kernel_profile.hpp>

#include <string>
#include <vector>

namespace ingot::runtime {

struct ProfileRow {
  std::string name, kind, ops;
  double groups = 0;        ///< per step
  double microseconds = 0;  ///< per step: mean over the threads, so that rows add up to the step
  double share = 0;         ///< of the step
  double gb_per_s = 0;      ///< bytes the kernel reads and writes, per its time
  double gflops = 0;        ///< per second
};
/// The most expensive kernel first; last a row "waiting" for all that is no kernel: barriers, idle threads, the call itself.
/// Bytes and operations are those of a full batch.
[[nodiscard]] std::vector<ProfileRow> profile_rows(const KernelProfile& profile);

}  // namespace ingot::runtime
