#include "schedule/target.hpp"

#include "ir/error.hpp"
#include "llvm/host.hpp"

namespace ingot::codegen {

Target make_target(std::string_view name) {
  // AVX-512: 8 rows x 2 vectors leave 16 of 32 registers for operands; AVX2: 6 x 2 of 16.
  if (name == "x86-64-v4bf16") return {"x86-64-v4bf16", "x86-64-v4", "+avx512bf16", 64, 32, 8, true};
  if (name == "x86-64-v4") return {"x86-64-v4", "x86-64-v4", "", 64, 32, 8, false};
  if (name == "x86-64-v3") return {"x86-64-v3", "x86-64-v3", "", 32, 16, 6, false};
  if (name != "host") throw UserError("unknown target '" + std::string(name) + "': use x86-64-v3, x86-64-v4, x86-64-v4bf16, host or cuda");
  const HostCpu& host = host_cpu();
  if (!host.avx2_fma) throw UserError("this processor (" + host.name + ") lacks AVX2 and FMA, which generated kernels need");
  Target t = make_target(host.avx512_bf16 ? "x86-64-v4bf16" : host.avx512 ? "x86-64-v4" : "x86-64-v3");
  t.name = "host:" + host.name;
  t.cpu = host.name;
  t.features = host.features;
  return t;
}

}  // namespace ingot::codegen
