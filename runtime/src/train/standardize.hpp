// The statistics of `standardize`: per input, mean and 1 / deviation of every feature of the training part.
#pragma once
#include <ingot/runtime/data/dataset.hpp>
#include <ingot/runtime/model/instance.hpp>

namespace ingot::runtime {

/// Measures `data` and sets the states "<input>.mean" and "<input>.scale"; does nothing when the recipe does not standardize.
void standardize_inputs(Instance& instance, const Dataset& data);

}  // namespace ingot::runtime
