// Weights that make all classes count alike.
#pragma once
#include <ingot/runtime/data/dataset.hpp>

#include <cstdint>
#include <vector>

namespace ingot::runtime {

/// rows / (classes * rows of the class). `target` has class numbers, one-hot rows, or for two classes one number that is above one
/// half for class 1. A class without rows gets 0: nothing reads it.
std::vector<double> balanced_class_weights(const Table& target, std::uint32_t classes);

}  // namespace ingot::runtime
