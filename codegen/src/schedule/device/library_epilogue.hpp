// Which kernels a GEMM library could do in one call: unsplit products of matrices with an epilogue that the library has.
#pragma once
#include "schedule/device/launch.hpp"

#include <optional>

namespace ingot::codegen {

/// A product, and the operand whose positive elements alone pass it, where there is one: the output of a relu whose derivative this is.
/// The library wants a bit mask in its place.
struct LibraryCandidate {
  LibraryGemm gemm;
  std::optional<DeviceOperand> passes;
};

/// Nothing for other kernels, epilogues that the library lacks (a dropout mask, an optimizer's update, a gelu, of which it has the
/// approximation by tanh alone) and types that are not in its table: both operands alike, the result like them or float32, a bias like
/// the result. A bias in float32 is that of its mirror where `mirrors` has one.
[[nodiscard]] std::optional<LibraryCandidate> library_candidate(const DeviceLaunch& launch, const LaunchPart& part, const DevicePlan& plan);

/// Does `part` nothing but sum up the columns of the product's second operand, which is the gradient of a bias where the product is that
/// of the weights?
[[nodiscard]] bool sums_columns(const DeviceLaunch& launch, const LaunchPart& part, const LibraryGemm& gemm);

}  // namespace ingot::codegen
