#include "cli/profile.hpp"

#include "cli/bandwidth.hpp"
#include "cli/setup.hpp"
#include "report/profile_table.hpp"

#include <fmt/format.h>
#include <ingot/runtime/data/atomic_file.hpp>

namespace ingot::runtime::cli {
namespace {

std::string percent(double value, double peak) { return peak > 0 ? fmt::format("{:.1f}%", value / peak * 100) : "-"; }

void add_slice(JsonWriter& w, const KernelProfile& profile, const KernelProfile::Interval& i) {
  const bool step = i.kernel == INGOT_MARK_BEGIN;
  const ingot_kernel* kernel = step ? nullptr : &profile.entry()->kernels[i.kernel];
  w.begin_object().add("name", step ? fmt::format("step {}", i.step) : std::string(kernel->name));
  w.add("cat", step ? "step" : kernel->kind).add("ph", "X").add("ts", i.begin * 1e6).add("dur", (i.end - i.begin) * 1e6);
  w.add("pid", 0).add("tid", i.thread).begin_object("args").add("step", i.step);
  if (!step) w.add("ops", kernel->ops);
  w.end_object().end_object();
}

}  // namespace

MachinePeak measure_machine(std::uint32_t threads) { return {measure_peak(threads), measure_bandwidth(threads)}; }

void print_profile(const KernelProfile& profile, const MachinePeak& peak) {
  if (profile.steps() == 0) {
    print_line("profile: no step was run");
    return;
  }
  print_line(fmt::format("profile of {} steps on {} thread{}, {:.1f} us each; peaks: {:.1f} GFLOP/s{}, {:.1f} GB/s", profile.steps(),
                         profile.threads(), profile.threads() == 1 ? "" : "s",
                         profile.seconds() / static_cast<double>(profile.steps()) * 1e6, peak.arithmetic.gflops,
                         peak.arithmetic.valid ? "" : " (disturbed)", peak.gb_per_s));
  print_line(fmt::format("{:<28} {:<12} {:>7} {:>10} {:>7} {:>8} {:>8} {:>9} {:>8}  {}", "kernel", "kind", "groups", "us/step", "share",
                         "GB/s", "of peak", "GFLOP/s", "of peak", "ops"));
  for (const ProfileRow& row : profile_rows(profile)) {
    if (row.kind.empty())
      print_line(fmt::format("{:<28} {:<12} {:>7} {:>10.2f} {:>6.1f}%", row.name, "", "", row.microseconds, row.share * 100));
    else
      print_line(fmt::format("{:<28} {:<12} {:>7.0f} {:>10.2f} {:>6.1f}% {:>8.2f} {:>8} {:>9.2f} {:>8}  {}", row.name, row.kind, row.groups,
                             row.microseconds, row.share * 100, row.gb_per_s, percent(row.gb_per_s, peak.gb_per_s), row.gflops,
                             percent(row.gflops, peak.arithmetic.gflops), row.ops));
  }
}

void add_profile(JsonWriter& w, const KernelProfile& profile, const MachinePeak& peak) {
  w.begin_object("profile").add("steps", profile.steps()).add("threads", profile.threads()).add("seconds", profile.seconds());
  w.add("peak_gflops", peak.arithmetic.gflops).add("peak_valid", peak.arithmetic.valid).add("peak_gb_per_s", peak.gb_per_s);
  w.begin_array("kernels");
  for (const ProfileRow& row : profile_rows(profile)) {
    w.begin_object().add("name", row.name).add("kind", row.kind).add("ops", row.ops).add("groups", row.groups);
    w.add("us_per_step", row.microseconds).add("share", row.share).add("gb_per_s", row.gb_per_s).add("gflops", row.gflops);
    w.end_object();
  }
  w.end_array().end_object();
}

std::string chrome_trace(const KernelProfile& profile) {
  JsonWriter w;
  w.begin_object().begin_array("traceEvents");
  for (std::uint32_t t = 0; t < profile.threads(); ++t) {
    w.begin_object().add("name", "thread_name").add("ph", "M").add("pid", 0).add("tid", t);
    w.begin_object("args").add("name", fmt::format("thread {}", t)).end_object().end_object();
  }
  for (const KernelProfile::Interval& interval : profile.trace()) add_slice(w, profile, interval);
  return w.end_array().add("displayTimeUnit", "ns").end_object().text();
}

std::string write_trace(const std::filesystem::path& folder, const KernelProfile& profile) {
  make_folder(folder);
  const std::filesystem::path path = folder / "profile.json";
  write_atomically(path, chrome_trace(profile));
  return path.string();
}

}  // namespace ingot::runtime::cli
