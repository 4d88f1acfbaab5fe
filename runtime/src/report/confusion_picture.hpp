// A confusion matrix as a picture: rows are true classes, columns decisions, darker squares larger shares of their row.
#pragma once
#include "report/run_record.hpp"

#include <string>

namespace ingot::runtime {

/// An SVG picture. Beyond 40 classes the squares carry no numbers, beyond 100 no names.
[[nodiscard]] std::string confusion_svg(const RunRecord::Confusion& confusion);

}  // namespace ingot::runtime
