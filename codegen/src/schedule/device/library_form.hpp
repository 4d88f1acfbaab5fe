// The second form of a launch: some of its products as calls of a GEMM library, and one kernel for what they leave. A library multiplies
// large matrices faster than our kernels do; ours do more behind a product, and several of them side by side in one launch.
#pragma once
#include "schedule/device/launch.hpp"

#include <span>

namespace ingot::codegen {

/// States that are biases of products of 16 bits whose results are rounded again. A library adds a bias in the result's type only, so
/// these need a mirror. Layers that could be of a chain have none.
[[nodiscard]] std::vector<std::int32_t> library_biases(std::span<const Graph* const> graphs);

/// Gives launches of `plan` a library form where that costs less: for a launch that is one product always, since it replaces one by one.
/// The derivative of a relu reads a mask of bits that the product before it keeps; masks lie behind the arena, up to `step_memory` bytes
/// in all. DeviceLaunch::library_why says what was decided.
void add_library_forms(std::vector<DeviceLaunch>& launches, const DevicePlan& plan, std::uint64_t& arena_bytes, std::uint64_t step_memory);

/// Microseconds of one product at a full batch, by our kernel or by the library: its bytes through the memory of the device or its
/// arithmetic, whichever takes longer.
enum class ProductMaker : std::uint8_t { own, library };
[[nodiscard]] double product_microseconds(const LibraryGemm& gemm, ProductMaker maker, const DeviceTarget& device);

}  // namespace ingot::codegen
