// What `describe --device cuda` says of the train step beyond its kernels: how they are launched, and what the device makes of them.
#pragma once
#include "cli/json_writer.hpp"

#include <ingot/runtime/device/cuda.hpp>
#include <ingot/runtime/model/program.hpp>

namespace ingot::runtime::cli {

/// A sentence about the device, a line for each launch of the step, and why it is as it is where the plan says so.
void print_launches(CudaDevice& device, const ingot_model& model, const Program& program);
/// "device", "launches_per_step", "library_calls_per_step", "launches".
void add_launches(JsonWriter& w, CudaDevice& device, const ingot_model& model, const Program& program);

}  // namespace ingot::runtime::cli
