#include "ir/rounding.hpp"

#include "ir/op_info.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace ingot::codegen {
namespace {

struct Format {
  int digits;          ///< significant bits
  int least_exponent;  ///< of a normal number
  double largest;
};
constexpr Format half{11, -14, 65504.0};
constexpr Format brain{8, -126, 0x1.fep127};

double round_to(const Format& f, double x) {
  if (x == 0 || !std::isfinite(x)) return x;
  const int last_bit = std::max(std::ilogb(x), f.least_exponent) - (f.digits - 1);
  const double rounded = std::ldexp(std::nearbyint(std::ldexp(x, -last_bit)), last_bit);  // the mode of the process: nearest even
  return std::abs(rounded) > f.largest ? std::copysign(std::numeric_limits<double>::infinity(), x) : rounded;
}

}  // namespace

double round_to(DType t, double x) { return t == DType::f16 ? round_to(half, x) : t == DType::bf16 ? round_to(brain, x) : x; }

void round_to(DType t, std::span<double> values) {
  if (!is_low(t)) return;
  for (double& x : values) x = round_to(t, x);
}

}  // namespace ingot::codegen
