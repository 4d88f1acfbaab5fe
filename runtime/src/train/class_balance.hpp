// The weights of `balanced_class_weights`: counted on the training part, kept with the weights of the model.
#pragma once
#include <ingot/runtime/data/dataset.hpp>
#include <ingot/runtime/model/instance.hpp>

namespace ingot::runtime {

/// Counts the classes of `data` and sets the state "<output>.class_weight"; does nothing when the recipe does not balance.
void balance_classes(Instance& instance, const Dataset& data);

}  // namespace ingot::runtime
