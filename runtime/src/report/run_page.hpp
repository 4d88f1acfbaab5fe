// The report of one training as a page: curves, recipe, layers, why it ended, times, confusion matrices, statistics of the weights.
#pragma once
#include "report/run_record.hpp"

#include <string>

namespace ingot::runtime {

/// A self-contained HTML file. What the record lacks is left out of the page.
[[nodiscard]] std::string run_page(const RunRecord& record);

}  // namespace ingot::runtime
