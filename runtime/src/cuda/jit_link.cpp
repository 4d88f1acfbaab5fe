#include "cuda/jit_link.hpp"

#include "cuda/dynamic_library.hpp"

#include <fmt/format.h>
#include <ingot/runtime/data/error.hpp>

#include <array>
#include <cstdint>

namespace ingot::runtime::cuda {
namespace {

using nvJitLinkHandle = struct nvJitLink*;
constexpr int NVJITLINK_INPUT_PTX = 2;

struct JitLink {
#define INGOT_NVJITLINK_FUNCTION(member, symbol, parameters) int(*member) parameters = nullptr;
#include "cuda/nvjitlink_functions.def"
#undef INGOT_NVJITLINK_FUNCTION
};

JitLink open() {
  const DynamicLibrary library({"libnvJitLink.so.13", "libnvJitLink.so.12", "libnvJitLink.so"});
  const char* help = "install nvJitLink of CUDA 12 or newer, or a driver that compiles PTX";
  if (!library.is_open()) throw MachineError(fmt::format("the driver cannot compile PTX, and {}; {}", library.reason(), help));
  JitLink functions;
  std::string missing;
#define INGOT_NVJITLINK_FUNCTION(member, symbol, parameters) library.resolve(functions.member, #symbol, missing);
#include "cuda/nvjitlink_functions.def"
#undef INGOT_NVJITLINK_FUNCTION
  if (!missing.empty())
    throw MachineError(fmt::format("the driver cannot compile PTX, and {} lacks the function {}; {}", library.name(), missing, help));
  return functions;
}

/// One link, ended with its owner.
class Link {
 public:
  Link(const JitLink& functions, int sm) : functions_(functions) {
    const std::string arch = fmt::format("-arch=sm_{}", sm);
    const std::array<const char*, 1> options{arch.c_str()};
    check(functions.create(&handle_, options.size(), options.data()), "take " + arch);
  }
  ~Link() {
    if (handle_ != nullptr) functions_.destroy(&handle_);
  }
  Link(const Link&) = delete;
  Link& operator=(const Link&) = delete;

  std::vector<std::byte> cubin(std::string_view ptx) {
    check(functions_.add(handle_, NVJITLINK_INPUT_PTX, ptx.data(), ptx.size(), "kernels"), "read the PTX");
    check(functions_.complete(handle_), "compile the PTX");
    std::size_t bytes = 0;
    check(functions_.cubin_bytes(handle_, &bytes), "make a cubin");
    std::vector<std::byte> cubin(bytes);
    check(functions_.cubin(handle_, cubin.data()), "make a cubin");
    return cubin;
  }

 private:
  void check(int result, const std::string& what) {
    if (result == 0) return;
    std::string log;
    std::size_t bytes = 0;
    if (handle_ != nullptr && functions_.log_bytes(handle_, &bytes) == 0 && bytes > 0) {
      log.resize(bytes);
      if (functions_.log(handle_, log.data()) != 0) log.clear();
      log = log.substr(0, log.find_first_of(std::string_view("\n\0", 2)));
    }
    throw MachineError(fmt::format("nvJitLink cannot {}: error {}{}{}", what, result, log.empty() ? "" : ", ", log));
  }

  const JitLink& functions_;
  nvJitLinkHandle handle_ = nullptr;
};

}  // namespace

std::vector<std::byte> cubin_from_ptx(std::string_view ptx, int sm) {
  static const JitLink functions = open();
  return Link(functions, sm).cubin(ptx);
}

}  // namespace ingot::runtime::cuda
