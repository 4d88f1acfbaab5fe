// The optimizer's part of the train entry: from the gradients of all parameters to the states they change.
#pragma once
#include "import/bind.hpp"

namespace ingot::codegen {

/// Gradients are accumulated, clipped and applied as the recipe says; `grads`: per parameter of `bound`. Throws UserError when the recipe
/// has no optimizer.
void add_updates(Builder& b, const definition_view& d, const double* values, const Bound& bound, const std::vector<ValueId>& grads);

}  // namespace ingot::codegen
