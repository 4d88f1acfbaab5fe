// Devices by their names: what --device of the command line, ingot::trainer and the generated headers share.
#pragma once
#include <ingot/runtime/device/device.hpp>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace ingot::runtime {

struct DeviceOptions {
  std::string name = "cpu";             ///< "cpu", "cuda" (the first one), "cuda:N"
  std::uint32_t threads = 1;            ///< of the host, 0: all that are available; results do not depend on it
  std::filesystem::path cuda_driver{};  ///< another library in the place of NVIDIA's driver; "": libcuda.so.1
};

/// The number of the CUDA device that `name` means; none: "cpu". Throws UserError for a name that is none.
[[nodiscard]] std::optional<int> cuda_ordinal(std::string_view name);

/// Throws UserError: there is no such name, or a driver is given for the cpu. Throws MachineError as CudaDevice does: no driver, no such
/// device.
[[nodiscard]] std::unique_ptr<Device> open_device(const DeviceOptions& options);

}  // namespace ingot::runtime
