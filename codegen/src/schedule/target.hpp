// What the scheduler and the emitter may know about a machine: a description, never the machine itself.
#pragma once
#include <string>
#include <string_view>

namespace ingot::codegen {

struct Target {
  std::string name;       ///< "x86-64-v3", "x86-64-v4", "x86-64-v4bf16", "host:znver4"
  std::string cpu;        ///< LLVM's processor name
  std::string features;   ///< LLVM's feature string, may be empty
  int vector_bytes = 32;  ///< width of a vector register
  int vector_registers = 16;
  int row_tile = 6;         ///< rows of the register tile of a contraction (two vectors wide)
  bool bf16_pairs = false;  ///< dot products of two bf16 pairs (AVX512_BF16)
};

/// "x86-64-v3", "x86-64-v4" or "x86-64-v4bf16", which is the second with AVX512_BF16; "host" asks for the exact processor this runs on.
/// Throws UserError for other names.
[[nodiscard]] Target make_target(std::string_view name);

}  // namespace ingot::codegen
