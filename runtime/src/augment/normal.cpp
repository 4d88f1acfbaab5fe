#include "augment/normal.hpp"

#include <cmath>
#include <numbers>

namespace ingot::runtime {

// Newton's method on the distribution function, each time from the quantile before.
NormalTable::NormalTable() : quantiles_(65536) {
  double x = 0;
  for (std::size_t i = 32768; i < 65536; ++i) {
    const double below = (static_cast<double>(i) + 0.5) / 65536;
    for (int step = 0; step < 20; ++step) {
      const double density = std::exp(-x * x / 2) / std::sqrt(2 * std::numbers::pi);
      const double change = (1 - std::erfc(x / std::numbers::sqrt2) / 2 - below) / density;
      x -= change;
      if (std::fabs(change) < 1e-12) break;
    }
    quantiles_[i] = static_cast<float>(x);
    quantiles_[65535 - i] = static_cast<float>(-x);
  }
}

const NormalTable& NormalTable::get() {
  static const NormalTable table;
  return table;
}

}  // namespace ingot::runtime
