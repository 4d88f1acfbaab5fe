#include "cli/describe_launches.hpp"

#include "cli/setup.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

namespace ingot::runtime::cli {
namespace {

/// A launch of the train step with what the device says about it.
struct Described {
  const ingot_device_launch* launch;
  LaunchFacts facts;
};

std::vector<Described> described(CudaDevice& device, const ingot_model& model, const Program& program) {
  const std::vector<LaunchFacts> facts = device.launch_facts(model, program, INGOT_TRAIN);
  std::vector<Described> all;
  for (std::uint32_t e = 0; e < program.device->n_entries; ++e) {
    const ingot_device_entry& entry = program.device->entries[e];
    if (entry.kind != INGOT_TRAIN) continue;
    for (std::uint32_t l = 0; l < entry.n_launches; ++l) all.push_back({&entry.launches[l], facts[l]});
  }
  return all;
}

std::ptrdiff_t library_calls(const std::vector<Described>& all) {
  return std::count_if(all.begin(), all.end(), [](const Described& d) { return d.facts.library; });
}

/// "128", "128x4": without extents of 1 behind the last other one.
std::string extent(const std::uint32_t (&dims)[3]) {
  std::string text = fmt::format("{}", dims[0]);
  if (dims[1] > 1 || dims[2] > 1) text += fmt::format("x{}", dims[1]);
  if (dims[2] > 1) text += fmt::format("x{}", dims[2]);
  return text;
}

}  // namespace

void print_launches(CudaDevice& device, const ingot_model& model, const Program& program) {
  const std::vector<Described> all = described(device, model, program);
  print_line("\n" + device.describe());
  print_line(fmt::format("{:<28} {:<9} {:>10} {:>8} {:>9} {:>8} {:>7} {:>9}  {}", "launch", "by", "grid", "block", "registers", "shared",
                         "spilled", "occupancy", "why"));
  for (const auto& [launch, facts] : all) {
    print_line(fmt::format("{:<28} {:<9} {:>10} {:>8} {:>9} {:>8} {:>7} {:>8.0f}%  {}", launch->name, facts.library ? "cuBLASLt" : "own",
                           extent(launch->grid), extent(launch->block), facts.registers, facts.shared_bytes, facts.local_bytes,
                           100 * facts.occupancy, launch->why));
  }
  print_line(fmt::format("{} launches a step, {} of them by the library in a full batch", all.size(), library_calls(all)));
}

void add_launches(JsonWriter& w, CudaDevice& device, const ingot_model& model, const Program& program) {
  const std::vector<Described> all = described(device, model, program);
  w.add("device", device.describe()).add("launches_per_step", all.size()).add("library_calls_per_step", library_calls(all));
  w.begin_array("launches");
  for (const auto& [launch, facts] : all) {
    w.begin_object().add("name", launch->name).add("kernel", launch->kernel).add("library", facts.library);
    w.add("grid", extent(launch->grid)).add("block", extent(launch->block)).add("registers", facts.registers);
    w.add("shared_bytes", facts.shared_bytes).add("local_bytes", facts.local_bytes).add("occupancy", facts.occupancy);
    w.add("bytes", launch->bytes_read + launch->bytes_written).add("why", launch->why).end_object();
  }
  w.end_array();
}

}  // namespace ingot::runtime::cli
