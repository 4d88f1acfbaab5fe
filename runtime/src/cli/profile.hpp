// `--profile` of train and bench: the table of kernels, its JSON form, and the trace file.
#pragma once
#include "cli/json_writer.hpp"
#include "cli/peak.hpp"

#include <ingot/runtime/model/kernel_profile.hpp>

#include <filesystem>

namespace ingot::runtime::cli {

/// What this machine could do at most.
struct MachinePeak {
  Peak arithmetic;
  double gb_per_s = 0;
};
MachinePeak measure_machine(std::uint32_t threads);

void print_profile(const KernelProfile& profile, const MachinePeak& peak);
/// "profile": an object with the step, the peaks and an array of kernels.
void add_profile(JsonWriter& w, const KernelProfile& profile, const MachinePeak& peak);
/// The last steps in Chrome's trace format (https://ui.perfetto.dev opens it): a slice for each group of a kernel on its thread, and
/// on thread 0 one around each step.
[[nodiscard]] std::string chrome_trace(const KernelProfile& profile);
/// Writes it as profile.json into `folder`, which is made when it is not there; returns its path. Throws MachineError.
std::string write_trace(const std::filesystem::path& folder, const KernelProfile& profile);

}  // namespace ingot::runtime::cli
