// What one output says about each row: its loss, its metrics, and how much the row counts. Every value is a column with one row
// for each position of the output ([B * leading axes, 1]); means over the rows are the caller's.
#pragma once
#include "import/bind.hpp"

#include <utility>

namespace ingot::codegen {

class RowValues {
 public:
  /// `bound` gets the nodes; definition and values must outlive this.
  RowValues(const definition_view& d, const double* values, Bound& bound) : d_(d), values_(values), bound_(bound), b_(bound.graph) {}

  /// The loss as its formula says, with smoothed targets where the recipe smooths.
  ValueId loss(const BoundOutput& out);
  /// The loss times the weights of its row: the sample's, and with `class_weights` its class's.
  ValueId weighted_loss(const BoundOutput& out, bool class_weights);
  /// Accuracy where the loss is one of classes (picked by loss and width as Keras does), then the means over rows that the recipe
  /// asks for and this output fits, with their names.
  std::vector<std::pair<std::string, ValueId>> metrics(const BoundOutput& out);

 private:
  ValueId number(const num& n);
  ValueId smoothed_target(const BoundOutput& out);
  ValueId focal(const BoundOutput& out, ValueId target);
  ValueId class_number(const BoundOutput& out);
  ValueId class_weight(const BoundOutput& out);
  ValueId accuracy(const BoundOutput& out);
  [[nodiscard]] bool asked(metric m, const BoundOutput& out) const;

  const definition_view& d_;
  const double* values_;
  Bound& bound_;
  Builder b_;
};

}  // namespace ingot::codegen
