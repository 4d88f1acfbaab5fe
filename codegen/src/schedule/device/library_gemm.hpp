// A call of a GEMM library (cuBLASLt): a product of matrices with what the library can do behind it.
#pragma once
#include "ir/graph.hpp"
#include "schedule/device/operand.hpp"

namespace ingot::codegen {

/// What is done with a product on its way to memory: D = epilogue(op(A) op(B)). Bits as ingot_device_epilogue (ingot_device.h), which says
/// what each is and in which order they apply.
struct LibraryEpilogue {
  enum Bits : std::uint32_t { none = 0, scale = 1, bias = 2, relu = 4, keep_mask = 8, mask = 16, column_sums = 32 };
  std::uint32_t bits = none;
  DeviceOperand scale_at, bias_at, mask_at, sums_at;
  DType bias_dtype = DType::f32;
  std::int64_t mask_stride = 0;  ///< bits from row to row of the mask, a multiple of mask_alignment
  int mask_launch = 0;           ///< mask: number of the launch whose product keeps it

  [[nodiscard]] bool has(Bits bit) const { return (bits & bit) != 0; }
};

/// cuBLASLt's user guide, cublasLtMatmulDescAttributes_t: "the leading dimension must be divisible by 128".
inline constexpr std::int64_t mask_alignment = 128;

/// At a full batch, all matrices row-major, sums in float32; the fields of ingot_device_gemm.
struct LibraryGemm {
  bool transpose_a = false, transpose_b = false;
  std::int64_t m = 0, n = 0, k = 0;
  std::int64_t lda = 0, ldb = 0, ldd = 0;
  DType operand_dtype = DType::f32, result_dtype = DType::f32;
  DeviceOperand a, b, d;
  LibraryEpilogue epilogue;
};

}  // namespace ingot::codegen
