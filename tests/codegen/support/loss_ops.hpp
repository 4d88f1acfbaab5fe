// What the loss ops want to be fed with, for tests that go over all of them.
#pragma once
#include "ir/op_info.hpp"

#include <string>

namespace ingot::test {

/// The target is one class number per row.
inline bool takes_label(codegen::Op op) {
  using codegen::Op;
  return op == Op::sparse_ce_logits || op == Op::sparse_ce_probs || op == Op::sparse_accuracy || op == Op::sparse_top_k_accuracy;
}
/// The prediction has a logarithm taken of it.
inline bool takes_probabilities(codegen::Op op) {
  using codegen::Op;
  return op == Op::sparse_ce_probs || op == Op::ce_probs || op == Op::bce_probs || op == Op::binary_focal_probs ||
         op == Op::categorical_focal_probs || op == Op::kl_divergence || op == Op::poisson || op == Op::msle;
}
/// " %x %y" and one " %number" for each number that the loss has.
inline std::string loss_operands(codegen::Op op, const std::string& x, const std::string& y, const std::string& number) {
  std::string text = " " + x + " " + y;
  for (int k = 2; k < codegen::op_arity(op); ++k) text += " " + number;
  return text;
}

}  // namespace ingot::test
