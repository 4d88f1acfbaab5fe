// Which targets a test can run on this machine.
#pragma once
#include "llvm/host.hpp"
#include "schedule/target.hpp"

#include <catch2/catch.hpp>

#include <vector>

namespace ingot::test {

/// x86-64-v3, and x86-64-v4 where the processor has it; a warning tells what is left out.
inline std::vector<codegen::Target> targets_of_this_machine() {
  std::vector<codegen::Target> targets{codegen::make_target("x86-64-v3")};
  if (codegen::host_cpu().avx512)
    targets.push_back(codegen::make_target("x86-64-v4"));
  else
    WARN("this processor has no AVX-512: kernels for x86-64-v4 are not run");
  return targets;
}

/// Those, and x86-64-v4bf16 where the processor has it, which differs from x86-64-v4 for values of bf16 only.
inline std::vector<codegen::Target> low_targets_of_this_machine() {
  std::vector<codegen::Target> targets = targets_of_this_machine();
  if (codegen::host_cpu().avx512_bf16)
    targets.push_back(codegen::make_target("x86-64-v4bf16"));
  else
    WARN("this processor has no AVX512_BF16: kernels for x86-64-v4bf16 are not run");
  return targets;
}

}  // namespace ingot::test
