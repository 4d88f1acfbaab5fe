// Normal numbers by table: 16 random bits choose one of 65,536 quantiles. Enough for noise on pixels; the largest is 4.3.
#pragma once
#include <cstdint>
#include <vector>

namespace ingot::runtime {

class NormalTable {
 public:
  static const NormalTable& get();
  /// The quantile at (bits + 1/2) / 65,536.
  [[nodiscard]] float at(std::uint16_t bits) const { return quantiles_[bits]; }

 private:
  NormalTable();
  std::vector<float> quantiles_;
};

}  // namespace ingot::runtime
