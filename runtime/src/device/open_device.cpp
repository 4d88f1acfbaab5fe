#include <ingot/runtime/device/open_device.hpp>

#include <fmt/format.h>
#include <ingot/runtime/data/error.hpp>
#include <ingot/runtime/device/cuda.hpp>

#include <charconv>

namespace ingot::runtime {

std::optional<int> cuda_ordinal(std::string_view name) {
  constexpr std::string_view numbered = "cuda:";
  if (name == "cpu") return std::nullopt;
  if (name == "cuda") return 0;
  if (name.starts_with(numbered)) {
    int number = 0;
    const char* const end = name.data() + name.size();
    const auto [last, error] = std::from_chars(name.data() + numbered.size(), end, number);
    if (error == std::errc() && last == end && number >= 0) return number;
  }
  throw UserError(fmt::format("{}: there is no such device; use cpu, cuda, or cuda:N", name));
}

std::unique_ptr<Device> open_device(const DeviceOptions& options) {
  const std::optional<int> cuda = cuda_ordinal(options.name);
  if (cuda) return std::make_unique<CudaDevice>(CudaOptions{*cuda, options.cuda_driver, options.threads});
  if (!options.cuda_driver.empty()) throw UserError("a driver of CUDA is given for the device cpu; give both or none");
  return std::make_unique<CpuDevice>(options.threads);
}

}  // namespace ingot::runtime
