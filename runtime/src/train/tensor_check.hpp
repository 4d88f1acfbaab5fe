// One tensor of a gradient check: its analytic gradient against central differences of the loss.
#pragma once
#include "gradient_run.hpp"

#include <ingot/runtime/train/gradcheck.hpp>

namespace ingot::runtime {

[[nodiscard]] double euclidean_norm(const std::vector<double>& v);
/// In [0, 1): number `i` of variable `tensor`, for this seed.
[[nodiscard]] double check_uniform(std::uint64_t seed, std::uint32_t tensor, std::uint32_t i);

/// "[12, 3]" of element `index` of a row-major tensor.
[[nodiscard]] std::string element_position(std::uint64_t index, const std::vector<std::uint64_t>& dims);

/// Fills what TensorCheck says of the float64 gradient of variable `v`: coordinates and a direction, or directions alone in fast mode,
/// where coordinates are looked at only to find what a direction has shown to be wrong. `loss`: at the current values; `analytic`: the
/// gradient there. The values of `run` are afterwards as before.
[[nodiscard]] TensorCheck check_tensor(GradientRun& run, std::size_t v, double loss, const std::vector<double>& analytic,
                                       const GradcheckOptions& options);

}  // namespace ingot::runtime
