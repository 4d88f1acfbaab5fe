// The training recipe in words, one line for each part, for reports.
#pragma once
#include <ingot/runtime/train/trainer.hpp>

#include <string>
#include <utility>
#include <vector>

namespace ingot::runtime {

/// {"optimizer", "adam"}, {"learning rate", "0.001"}, ...: what the declaration says at `point`, and what `options` make of it.
[[nodiscard]] std::vector<std::pair<std::string, std::string>> recipe_text(const Point& point, const TrainOptions& options,
                                                                           const TrainData& data);

}  // namespace ingot::runtime
