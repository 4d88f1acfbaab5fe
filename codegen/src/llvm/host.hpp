// What LLVM knows about the processor that this process runs on.
#pragma once
#include <string>

namespace ingot::codegen {

struct HostCpu {
  std::string name;      ///< "znver4"
  std::string features;  ///< "+avx2,-avx512f,...", sorted: part of cache keys
  bool avx2_fma = false;
  bool avx512 = false;       ///< the set of x86-64-v4
  bool avx512_bf16 = false;  ///< that, and AVX512_BF16
};

[[nodiscard]] const HostCpu& host_cpu();

}  // namespace ingot::codegen
