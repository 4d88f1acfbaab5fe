#include "cli/launch_times.hpp"

#include "cli/setup.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace ingot::runtime::cli {
namespace {

double fraction(double value, double peak) { return peak > 0 ? value / peak : 0; }

}  // namespace

LaunchTimes time_launches(CudaDevice& device, const ingot_model& model, const Program& program) {
  const std::vector<LaunchFacts> facts = device.launch_facts(model, program, INGOT_TRAIN);
  const std::vector<double> seconds = device.launch_times(model, program, INGOT_TRAIN);
  LaunchTimes times;
  times.peak = device.peak();
  for (std::uint32_t e = 0; e < program.device->n_entries; ++e) {
    const ingot_device_entry& entry = program.device->entries[e];
    if (entry.kind != INGOT_TRAIN) continue;
    for (std::uint32_t l = 0; l < entry.n_launches; ++l) {
      const ingot_device_launch& launch = entry.launches[l];
      const double s = seconds[l], per_s = s > 0 ? 1e-9 / s : 0;
      times.launches.push_back({launch.name, launch.kind, facts[l].library, s * 1e6,
                                static_cast<double>(launch.bytes_read + launch.bytes_written) * per_s, launch.flops * per_s});
    }
  }
  std::stable_sort(times.launches.begin(), times.launches.end(),
                   [](const TimedLaunch& a, const TimedLaunch& b) { return a.microseconds > b.microseconds; });
  return times;
}

void print_launch_times(const LaunchTimes& times) {
  double all = 0;
  for (const TimedLaunch& t : times.launches) all += t.microseconds;
  print_line(fmt::format("{} launches of a step, {:.1f} us one after the other; peaks: {:.0f} GB/s, {:.0f} GFLOP/s in float32",
                         times.launches.size(), all, times.peak.gb_per_s, times.peak.gflops));
  print_line(fmt::format("{:<40} {:<9} {:>9} {:>7} {:>8} {:>8} {:>9} {:>8}", "launch", "by", "us", "share", "GB/s", "of peak", "GFLOP/s",
                         "of peak"));
  for (const TimedLaunch& t : times.launches)
    print_line(fmt::format("{:<40.40} {:<9} {:>9.2f} {:>6.1f}% {:>8.1f} {:>7.1f}% {:>9.1f} {:>7.1f}%", t.name,
                           t.library ? "cuBLASLt" : "own", t.microseconds, 100 * fraction(t.microseconds, all), t.gb_per_s,
                           100 * fraction(t.gb_per_s, times.peak.gb_per_s), t.gflops, 100 * fraction(t.gflops, times.peak.gflops)));
}

void add_launch_times(JsonWriter& w, const LaunchTimes& times) {
  w.add("peak_gb_per_s", times.peak.gb_per_s).add("peak_device_gflops", times.peak.gflops).begin_array("launches");
  for (const TimedLaunch& t : times.launches) {
    w.begin_object().add("name", t.name).add("kind", t.kind).add("library", t.library);
    w.add("us", t.microseconds).add("gb_per_s", t.gb_per_s).add("gflops", t.gflops);
    w.add("bandwidth_fraction", fraction(t.gb_per_s, times.peak.gb_per_s));
    w.add("arithmetic_fraction", fraction(t.gflops, times.peak.gflops)).end_object();
  }
  w.end_array();
}

}  // namespace ingot::runtime::cli
