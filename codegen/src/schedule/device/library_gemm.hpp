// Which launches a GEMM library (cuBLASLt) could do in one call: a single product of matrices with an epilogue that the library has.
#pragma once
#include "schedule/device/launch.hpp"

#include <optional>

namespace ingot::codegen {

/// Values as ingot_device_epilogue (ingot_device.h).
enum class LibraryEpilogue : std::uint8_t { none, bias, relu_bias, relu };

/// D = epilogue(op(A) op(B) + bias) at a full batch, all row-major, summed in float32; the fields of ingot_device_gemm. The types are those
/// of cuBLASLt's table: both operands alike, the result like them or float32, a bias (float32) like the result.
struct LibraryGemm {
  bool transpose_a = false, transpose_b = false;
  std::int64_t m = 0, n = 0, k = 0;
  std::int64_t lda = 0, ldb = 0, ldd = 0;
  DType operand_dtype = DType::f32, result_dtype = DType::f32;
  LibraryEpilogue epilogue = LibraryEpilogue::none;
  DeviceOperand a, b, d, bias;
};

/// Nothing for launches of several kernels, other kinds, and epilogues that the library lacks (a dropout mask, an optimizer's update).
[[nodiscard]] std::optional<LibraryGemm> library_gemm(const DeviceLaunch& launch, std::int64_t batch);

}  // namespace ingot::codegen
