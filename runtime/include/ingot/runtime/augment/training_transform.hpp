// What the recipe does to the rows of a training batch: augmentation of each row, then mixing within the batch.
#pragma once
#include <ingot/runtime/data/batch_transform.hpp>
#include <ingot/runtime/data/dataset.hpp>
#include <ingot/runtime/model/point.hpp>

#include <cstdint>
#include <memory>

namespace ingot::runtime {

/// Null when the recipe neither augments nor mixes at this point. `data`: the training rows, for their shapes. Rows are augmented on
/// `threads` threads; what comes out does not depend on their number.
std::shared_ptr<BatchTransform> training_transform(const Point& point, const Dataset& data, std::uint64_t seed, std::uint32_t threads);

}  // namespace ingot::runtime
