#include <ingot/runtime/device/device.hpp>

#include <algorithm>
#include <array>

namespace ingot::runtime {
namespace {

constexpr std::array<std::string_view, 3> known = {"x86-64-v4bf16", "x86-64-v4", "x86-64-v3"};

// The builtin asks the processor and the operating system: wide registers that the kernel does not save do not count.
std::size_t first_that_runs() {
  __builtin_cpu_init();
  const bool v3 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && __builtin_cpu_supports("bmi") &&
                  __builtin_cpu_supports("bmi2") && __builtin_cpu_supports("f16c") && __builtin_cpu_supports("lzcnt") &&
                  __builtin_cpu_supports("movbe");
  if (!v3) return known.size();
  const bool v4 = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512cd") &&
                  __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl");
  if (!v4) return 2;
  return __builtin_cpu_supports("avx512bf16") ? 0 : 1;
}

}  // namespace

std::string_view cpu_target() {
  const std::size_t first = first_that_runs();
  return first == known.size() ? "" : known[std::max<std::size_t>(first, 1)];
}

std::span<const std::string_view> cpu_targets() { return std::span(known).subspan(first_that_runs()); }

}  // namespace ingot::runtime
