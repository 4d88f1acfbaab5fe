#include "llvm/host.hpp"

#include <llvm/ADT/StringMap.h>
#include <llvm/TargetParser/Host.h>

#include <algorithm>
#include <vector>

namespace ingot::codegen {

namespace {
HostCpu detect() {
  HostCpu host;
  host.name = llvm::sys::getHostCPUName().str();
  const auto map = llvm::sys::getHostCPUFeatures();
  std::vector<std::string> names;
  for (const auto& entry : map) names.push_back((entry.second ? "+" : "-") + entry.first().str());
  std::sort(names.begin(), names.end());
  for (const auto& n : names) host.features += (host.features.empty() ? "" : ",") + n;
  const auto has = [&](const char* feature) { return map.lookup(feature); };
  host.avx2_fma = has("avx2") && has("fma");
  host.avx512 = has("avx512f") && has("avx512bw") && has("avx512cd") && has("avx512dq") && has("avx512vl");
  host.avx512_bf16 = host.avx512 && has("avx512bf16");
  return host;
}
}  // namespace

const HostCpu& host_cpu() {
  static const HostCpu host = detect();
  return host;
}

}  // namespace ingot::codegen
