#include "cuda/driver.hpp"

#include <fmt/format.h>
#include <ingot/runtime/data/error.hpp>

#include <map>
#include <memory>
#include <mutex>

namespace ingot::runtime::cuda {
namespace {

constexpr const char* driver_name = "libcuda.so.1";

std::unique_ptr<Driver> load(const std::filesystem::path& file, std::string_view option) {
  // Kept for ever, as the functions are: see DynamicLibrary.
  const auto* library = new DynamicLibrary({file.empty() ? driver_name : file.string()});
  auto driver = std::make_unique<Driver>();
  driver->library = library;
  driver->name = library->name();
  driver->by_file = !file.empty();
  if (!library->is_open()) {
    throw MachineError(fmt::format("{}: {} ({}); {}", option,
                                   file.empty() ? "this machine has no NVIDIA driver" : "the driver of --cuda-driver cannot be opened",
                                   library->reason(), file.empty() ? "use --device cpu" : "name a library that defines cuInit"));
  }
  std::string missing;
#define INGOT_DRIVER_FUNCTION(member, symbol, parameters) library->resolve(driver->member, #symbol, missing);
#include "cuda/driver_functions.def"
#undef INGOT_DRIVER_FUNCTION
  if (!missing.empty()) {
    throw MachineError(fmt::format("{}: the driver {} lacks the function {}; install driver 470 (CUDA 11.4) or newer, or use --device cpu",
                                   option, driver->name, missing));
  }
  if (const CUresult result = driver->init(0); result != CUDA_SUCCESS)
    throw MachineError(fmt::format("{}: the driver {} cannot start: {}; use --device cpu", option, driver->name, driver->words(result)));
  driver->check(driver->get_version(&driver->version), option, "ask for the driver's version");
  return driver;
}

}  // namespace

std::string Driver::words(CUresult result) const {
  const char *symbol = nullptr, *text = nullptr;
  if (get_error_name(result, &symbol) != CUDA_SUCCESS || symbol == nullptr) return fmt::format("error {}", result);
  if (get_error_string(result, &text) != CUDA_SUCCESS || text == nullptr) return symbol;
  return fmt::format("{} ({})", symbol, text);
}

void Driver::fail(CUresult result, std::string_view device, std::string_view what) const {
  throw MachineError(fmt::format("{}: cannot {}: {}", device, what, words(result)));
}

const Driver& open_driver(const std::filesystem::path& file, std::string_view option) {
  static std::mutex mutex;
  static std::map<std::filesystem::path, std::unique_ptr<Driver>> opened;
  const std::lock_guard lock(mutex);
  const auto found = opened.find(file);
  return found != opened.end() ? *found->second : *opened.emplace(file, load(file, option)).first->second;
}

}  // namespace ingot::runtime::cuda
