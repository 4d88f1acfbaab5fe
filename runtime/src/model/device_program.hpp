// A device program seen through the tables of a CPU program, so that whoever reads names, shapes and kernels need not know which it is.
#pragma once
#include <ingot/runtime/model/program.hpp>

namespace ingot::runtime {

/// Both forms in one handle. Launches appear as kernels: phase = number of the launch, groups = number of blocks. `owner` (may be null)
/// keeps `program` alive.
[[nodiscard]] Program device_program(const ingot_device_program& program, std::shared_ptr<void> owner);

}  // namespace ingot::runtime
