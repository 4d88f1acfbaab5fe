// NVIDIA's assembler, where it is installed: PTX -> cubin for one compute capability, and what each kernel needs.
#pragma once
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace ingot::codegen {

struct KernelResources {
  std::string name;
  int registers = 0;
  int stack_bytes = 0, spill_stores = 0, spill_loads = 0;
};
struct Assembly {
  std::string cubin;
  std::vector<KernelResources> kernels;
};

/// The first executable `ptxas` of PATH.
[[nodiscard]] std::optional<std::filesystem::path> find_ptxas();
/// "13.0.88"; empty when the program does not say.
[[nodiscard]] std::string ptxas_version(const std::filesystem::path& ptxas);
/// Throws UserError with the assembler's first complaint.
[[nodiscard]] Assembly assemble(const std::filesystem::path& ptxas, const std::string& ptx, int sm);

}  // namespace ingot::codegen
