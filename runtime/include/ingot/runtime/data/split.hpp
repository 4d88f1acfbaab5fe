// Parts of a training set, and what is measured on it.
#pragma once
#include <ingot/runtime/data/dataset.hpp>

#include <cstdint>
#include <vector>

namespace ingot::runtime {

struct Split {
  Dataset train, validation;  ///< validation has no rows when none was asked for
};

/// Validation from the end of the training part, before any shuffling, as Keras does: below 1 a fraction f: the first
/// floor(n * (1 - f)) rows train; from 1 on a whole number of rows; 0: none. Throws UserError when a part would be empty.
Split split_validation(const Dataset& data, double validation);

/// Labels of each class, over all positions of a row; `target` is INGOT_I32.
std::vector<std::uint64_t> class_counts(const Table& target, std::uint32_t classes);

/// Mean and 1 / standard deviation (population) per feature; deviation 0 gives scale 1. Bytes are summed exactly in one pass, floats in
/// double in two; the result is the same whether rows are in memory or made on demand.
struct Standardization {
  std::vector<double> mean, scale;
};
/// Element e of a row belongs to feature e % features, i.e. features are the last axes; `features` divides the row.
/// Each value is first multiplied by `factor` (the declaration's rescale).
Standardization measure_standardization(const Table& input, std::uint64_t features, double factor = 1);

}  // namespace ingot::runtime
