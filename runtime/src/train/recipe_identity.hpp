// What a recipe says of the numbers of a run and neither the program's plan nor its space holds: constants that the runtime reads. A
// rebuilt program may have others, and a run that goes on with them is another one.
#pragma once
#include <ingot/runtime/prune/sparsity_schedule.hpp>
#include <ingot/runtime/train/checkpoint.hpp>

#include <optional>
#include <vector>

namespace ingot::runtime {

/// The same parts for every recipe, in words, numbers so that they read back exactly: learning rate, schedule, reduction on plateau,
/// augmentation, mixed batches, average of the weights, pruning. When training stops is none of them: a run may go on with other rules.
[[nodiscard]] std::vector<RecipePart> recipe_identity(const Point& point, const std::optional<PruneOptions>& prune);

}  // namespace ingot::runtime
