// `train --lr-range`: the learning-rate range test, its table and its plot.
#pragma once
#include "cli/commands.hpp"

namespace ingot::runtime::cli {

/// Trains for some updates with growing rates and writes lr_range.csv and lr_range.svg into --out. Returns the exit code.
int rate_range_command(const Invocation& call);

}  // namespace ingot::runtime::cli
