// The confusion matrices of a model over a part of the data, with the names of the classes.
#pragma once
#include "report/run_record.hpp"

#include <ingot/runtime/train/loops.hpp>

#include <vector>

namespace ingot::runtime {

/// One for each output that decides for a class. Where the data has no names, classes are numbers.
[[nodiscard]] std::vector<RunRecord::Confusion> measure_confusions(Instance& instance, const Dataset& rows);

}  // namespace ingot::runtime
