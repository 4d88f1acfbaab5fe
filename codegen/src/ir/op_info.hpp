// What passes ask about an op beyond the columns of op_table.def.
#pragma once
#include "ir/graph.hpp"

#include <optional>

namespace ingot::codegen {

/// Probabilities are clipped to [epsilon, 1 - epsilon] before a logarithm (Keras: backend epsilon).
inline constexpr double loss_epsilon = 1e-7;

inline constexpr int op_count = 0
#define OP(name, arity, family) +1
#include "ir/op_table.def"
#undef OP
    ;
inline constexpr std::size_t max_arity = 4;

[[nodiscard]] std::optional<Op> find_op(std::string_view name);
[[nodiscard]] std::optional<DType> find_dtype(std::string_view name);
[[nodiscard]] constexpr bool is_float(DType t) { return t == DType::f32 || t == DType::f64 || t == DType::f16 || t == DType::bf16; }

/// Stored in 16 bits: products of such values are summed in f32 (accumulated()).
[[nodiscard]] constexpr bool is_low(DType t) { return t == DType::f16 || t == DType::bf16; }
/// The dtype of a contraction or convolution whose operands have dtype `t`.
[[nodiscard]] constexpr DType accumulated(DType t) { return is_low(t) ? DType::f32 : t; }

/// pass/decompose.cpp replaces it by primitive ops: activations without a machine form, dropout, softmax, losses, accuracies.
[[nodiscard]] bool is_decomposed(Op op);
/// autodiff/ has a rule; the others pass no gradient on (comparisons, masks, leaves, accuracies, sign).
[[nodiscard]] bool has_gradient_rule(Op op);
/// A zero derivative almost everywhere, or no operands: a sweep stops there.
[[nodiscard]] bool not_differentiable(Op op);
/// ir/interpret_*.cpp evaluates it.
[[nodiscard]] bool has_interpreter(Op op);
/// Swapping the two operands changes nothing, bit for bit.
[[nodiscard]] bool is_commutative(Op op);

}  // namespace ingot::codegen
