// What the emitter makes, as text: for reading, and for tests that look for instructions.
#pragma once
#include "schedule/plan.hpp"

namespace ingot::codegen {

/// LLVM IR of all kernels and functions of a program.
[[nodiscard]] std::string llvm_text(const ProgramPlan& plan);
/// The same as x86-64 assembly.
[[nodiscard]] std::string assembly_text(const ProgramPlan& plan);

}  // namespace ingot::codegen
