// Rows made up for a model, for checks and measurements that need some data but no particular ones.
#pragma once
#include <ingot/runtime/data/dataset.hpp>

namespace ingot::runtime::cli {

/// Inputs: bytes, or floats in (-1, 1); targets: class numbers, one-hot rows, 0 or 1, or floats, as the losses want them; weights of
/// rows in (0.5, 1.5).
Dataset random_rows(const ingot_model& model, std::uint32_t rows, std::uint64_t seed);

}  // namespace ingot::runtime::cli
