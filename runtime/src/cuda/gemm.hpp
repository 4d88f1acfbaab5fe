// Matrix products through cuBLASLt, in the place of kernels of our own where the plan names the same product.
//
// The library's matrices are column-major, ours row-major: D = A B becomes D' = B' A' on the same memory, here and nowhere else. So what is
// one number for each column of ours, a bias or its gradient, is one for each row of the library's, and our B is its first operand.
#pragma once
#include "cuda/context.hpp"
#include "cuda/cublaslt.hpp"

#include <ingot_device.h>

#include <array>
#include <map>
#include <string>

namespace ingot::runtime::cuda {

class GemmLibrary {
 public:
  /// Opens the library. When there is none, nothing is usable, and missing() says why.
  explicit GemmLibrary(const Context& context);
  ~GemmLibrary();
  GemmLibrary(const GemmLibrary&) = delete;
  GemmLibrary& operator=(const GemmLibrary&) = delete;

  /// "libcublasLt.so.13"; empty when there is none.
  [[nodiscard]] std::string name() const { return library_ == nullptr ? std::string() : library_->name; }
  [[nodiscard]] const std::string& missing() const noexcept { return missing_; }

  /// What the library's heuristic chose; asked once for each kind of product.
  struct Choice {
    bool usable = false;
    cublasLtMatmulAlgo_t algo = {};
    std::size_t workspace_bytes = 0;
  };
  [[nodiscard]] const Choice& choose(const ingot_device_gemm& gemm);

  /// Those that the epilogue has no use for are 0.
  struct Operands {
    CUdeviceptr a = 0, b = 0, d = 0;
    CUdeviceptr scale = 0, zero = 0;  ///< with a scale in memory the factor of the old D has to be there as well
    CUdeviceptr bias = 0;             ///< or where the column sums go
    CUdeviceptr mask = 0;
  };
  /// `gemm` is usable; `workspace` has its choice's workspace_bytes. Throws MachineError that names WHAT.
  void enqueue(const ingot_device_gemm& gemm, const Operands& at, CUdeviceptr workspace, CUstream stream, const std::string& what);

 private:
  const Context& context_;
  const CublasLt* library_ = nullptr;
  std::string missing_;
  cublasLtHandle_t handle_ = nullptr;
  using Key = std::array<std::uint32_t, 17>;
  std::map<Key, Choice> choices_;
};

}  // namespace ingot::runtime::cuda
