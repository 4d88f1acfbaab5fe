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

std::uint32_t library_calls(const Described& d) { return d.facts.library ? d.launch->n_gemms : 0; }
/// Our kernels among what is launched for it in a full batch.
std::uint32_t own_launches(const Described& d) { return !d.facts.library || d.launch->rest != nullptr ? 1 : 0; }

struct Counts {
  std::uint32_t launches = 0, by_library = 0;
};
Counts count(const std::vector<Described>& all) {
  Counts counts;
  for (const Described& d : all) {
    counts.by_library += library_calls(d);
    counts.launches += library_calls(d) + own_launches(d);
  }
  return counts;
}

std::string_view made_by(const Described& d) { return !d.facts.library ? "own" : own_launches(d) == 0 ? "cuBLASLt" : "cuBLASLt+own"; }

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
  print_line(fmt::format("{:<28} {:<12} {:>10} {:>8} {:>9} {:>8} {:>7} {:>9}  {}", "launch", "by", "grid", "block", "registers", "shared",
                         "spilled", "occupancy", "why"));
  for (const Described& d : all) {
    const auto& [launch, facts] = d;
    print_line(fmt::format("{:<28} {:<12} {:>10} {:>8} {:>9} {:>8} {:>7} {:>8.0f}%  {}", launch->name, made_by(d), extent(launch->grid),
                           extent(launch->block), facts.registers, facts.shared_bytes, facts.local_bytes, 100 * facts.occupancy,
                           launch->why));
  }
  const Counts counts = count(all);
  print_line(fmt::format("{} launches a step in a full batch, {} of them by the library", counts.launches, counts.by_library));
}

void add_launches(JsonWriter& w, CudaDevice& device, const ingot_model& model, const Program& program) {
  const std::vector<Described> all = described(device, model, program);
  const Counts counts = count(all);
  w.add("device", device.describe()).add("launches_per_step", counts.launches).add("library_calls_per_step", counts.by_library);
  w.begin_array("launches");
  for (const Described& d : all) {
    const auto& [launch, facts] = d;
    w.begin_object().add("name", launch->name).add("kernel", launch->kernel).add("library", facts.library);
    w.add("library_calls", library_calls(d)).add("own_launches", own_launches(d));
    w.add("grid", extent(launch->grid)).add("block", extent(launch->block)).add("registers", facts.registers);
    w.add("shared_bytes", facts.shared_bytes).add("local_bytes", facts.local_bytes).add("occupancy", facts.occupancy);
    w.add("bytes", launch->bytes_read + launch->bytes_written).add("why", launch->why).end_object();
  }
  w.end_array();
}

}  // namespace ingot::runtime::cli
