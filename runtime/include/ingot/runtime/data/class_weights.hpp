// Weights that make all classes count alike.
#pragma once
#include <ingot/runtime/data/dataset.hpp>

#include <cstdint>
#include <vector>

namespace ingot::runtime {

/// labels / (classes * labels of the class). `target` has class numbers, one-hot rows, or for two classes numbers that are above one
/// half for class 1; rows with several positions have a label for each. A class without labels gets 0: nothing reads it.
std::vector<double> balanced_class_weights(const Table& target, std::uint32_t classes);

}  // namespace ingot::runtime
