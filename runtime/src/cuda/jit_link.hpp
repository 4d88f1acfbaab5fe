// PTX to machine code of a device in this process, through nvJitLink: for drivers that cannot compile it themselves.
#pragma once
#include <cstddef>
#include <string_view>
#include <vector>

namespace ingot::runtime::cuda {

/// Opens libnvJitLink by name at the first call. `sm`: 80, 90, ..., that of a device: for a number that it does not know at all,
/// version 13.0 of the library ends the process. Throws MachineError: no library, a function missing in it, or what it says against the
/// text.
[[nodiscard]] std::vector<std::byte> cubin_from_ptx(std::string_view ptx, int sm);

}  // namespace ingot::runtime::cuda
