// What `bench --device cuda` says of every launch of the train step: its time, and the fractions of the device's peaks that it reaches.
#pragma once
#include "cli/json_writer.hpp"

#include <ingot/runtime/device/cuda.hpp>
#include <ingot/runtime/model/program.hpp>

#include <string>
#include <vector>

namespace ingot::runtime::cli {

/// A launch of a full batch. Bytes and operations are those of the plan.
struct TimedLaunch {
  std::string name, kind;
  bool library = false;
  double microseconds = 0, gb_per_s = 0, gflops = 0;
};
struct LaunchTimes {
  DevicePeak peak;
  std::vector<TimedLaunch> launches;  ///< the most expensive first
};

[[nodiscard]] LaunchTimes time_launches(CudaDevice& device, const ingot_model& model, const Program& program);
void print_launch_times(const LaunchTimes& times);
/// "peak_gb_per_s", "peak_device_gflops", "launches".
void add_launch_times(JsonWriter& w, const LaunchTimes& times);

}  // namespace ingot::runtime::cli
