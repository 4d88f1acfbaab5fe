// Numbers of 16 bits in generated code. In memory and as values of such nodes they are integers of 16 bits, so that moves and loads
// need nothing of the processor; computed with they are f32.
#pragma once
#include "ir/graph.hpp"

namespace llvm {
class IRBuilderBase;
class Value;
}  // namespace llvm

namespace ingot::codegen {

/// Integers of 16 bits, a scalar or a vector, that hold `t` (f16, bf16), as f32: exact.
[[nodiscard]] llvm::Value* widen(llvm::IRBuilderBase& b, llvm::Value* bits, DType t);

/// f32 rounded to `t`, to nearest even, as integers of 16 bits. `has_bf16`: the processor has AVX512_BF16, whose conversion takes
/// subnormal numbers for 0, as its products do.
[[nodiscard]] llvm::Value* narrow(llvm::IRBuilderBase& b, llvm::Value* x, DType t, bool has_bf16);

}  // namespace ingot::codegen
