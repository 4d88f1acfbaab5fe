// NVIDIA's driver, opened by name: nothing of it is needed to build or to start a program.
#pragma once
#include "cuda/driver_types.hpp"
#include "cuda/dynamic_library.hpp"

#include <filesystem>
#include <string>
#include <string_view>

namespace ingot::runtime::cuda {

/// The functions of driver_functions.def, all there.
struct Driver {
#define INGOT_DRIVER_FUNCTION(member, symbol, parameters) CUresult(*member) parameters = nullptr;
#include "cuda/driver_functions.def"
#undef INGOT_DRIVER_FUNCTION

  std::string name;      ///< "libcuda.so.1", or the file that was given
  bool by_file = false;  ///< the file was given
  int version = 0;       ///< 12040: 12.4
  const DynamicLibrary* library = nullptr;

  /// "CUDA_ERROR_OUT_OF_MEMORY (out of memory)"
  [[nodiscard]] std::string words(CUresult result) const;
  /// Throws MachineError "DEVICE: cannot WHAT: WORDS" unless `result` is success. Device: "cuda:0".
  void check(CUresult result, std::string_view device, std::string_view what) const {
    if (result != CUDA_SUCCESS) fail(result, device, what);
  }

 private:
  [[noreturn]] void fail(CUresult result, std::string_view device, std::string_view what) const;
};

/// The driver of this machine, or that in `file` when it is not empty; opened and initialized at the first call for it, thread-safe.
/// Throws MachineError whose one sentence says what is missing: the library, a function, a working device. The sentence begins with
/// `option`, e.g. "--device cuda".
const Driver& open_driver(const std::filesystem::path& file, std::string_view option);

}  // namespace ingot::runtime::cuda
