#include "report/profile_table.hpp"

#include <algorithm>

namespace ingot::runtime {

std::vector<ProfileRow> profile_rows(const KernelProfile& profile) {
  std::vector<ProfileRow> rows;
  if (profile.steps() == 0) return rows;
  const auto steps = static_cast<double>(profile.steps());
  const std::vector<KernelProfile::Kernel> kernels = profile.kernels();
  double in_kernels = 0;
  for (std::size_t k = 0; k < kernels.size(); ++k) {
    const ingot_kernel& kernel = profile.entry()->kernels[k];
    const double seconds = kernels[k].seconds / profile.threads() / steps;
    in_kernels += seconds;
    ProfileRow row{kernel.name, kernel.kind, kernel.ops, static_cast<double>(kernels[k].groups) / steps, seconds * 1e6, 0, 0, 0};
    row.share = seconds * steps / profile.seconds();
    if (seconds > 0) {
      row.gb_per_s = static_cast<double>(kernel.bytes) / seconds * 1e-9;
      row.gflops = kernel.flops / seconds * 1e-9;
    }
    rows.push_back(std::move(row));
  }
  std::stable_sort(rows.begin(), rows.end(), [](const ProfileRow& a, const ProfileRow& b) { return a.microseconds > b.microseconds; });
  const double waiting = std::max(0.0, profile.seconds() / steps - in_kernels);
  rows.push_back({"waiting", "", "", 0, waiting * 1e6, waiting * steps / profile.seconds(), 0, 0});
  return rows;
}

}  // namespace ingot::runtime
