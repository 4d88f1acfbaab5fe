#include "codegen_library.hpp"

#include <fmt/format.h>
#include <ingot/runtime/data/error.hpp>

#include <dlfcn.h>
#include <map>
#include <mutex>
#include <vector>

namespace ingot::runtime {
namespace {

std::vector<std::filesystem::path> candidates(const std::filesystem::path& path) {
  if (!path.empty()) return {path};
  std::vector<std::filesystem::path> all;
  std::error_code error;
  const std::filesystem::path folder = std::filesystem::read_symlink("/proc/self/exe", error).parent_path();
  for (const auto& file : {folder / INGOT_CODEGEN_LIBRARY, folder / ".." / "lib" / INGOT_CODEGEN_LIBRARY}) {
    if (!error && std::filesystem::exists(file, error)) all.push_back(file);
  }
  all.emplace_back(INGOT_CODEGEN_LIBRARY);
  return all;
}

std::string first_line(const char* text) {
  const std::string all = text == nullptr ? "" : text;
  return all.substr(0, all.find('\n'));
}

CodegenLibrary open(const std::filesystem::path& path, const std::string& need) {
  std::string reason;
  for (const auto& file : candidates(path)) {
    // Lazy binding and local names: libLLVM has 40,000 symbols, and the model's own code must not see them.
    void* handle = dlopen(file.c_str(), RTLD_LAZY | RTLD_LOCAL);
    if (handle == nullptr) {
      reason = first_line(dlerror());
      continue;
    }
    CodegenLibrary library;
    library.compile = reinterpret_cast<ingot_codegen_compile_fn>(dlsym(handle, INGOT_CODEGEN_COMPILE));
    library.release = reinterpret_cast<ingot_codegen_release_fn>(dlsym(handle, INGOT_CODEGEN_RELEASE));
    if (library.compile != nullptr && library.release != nullptr) return library;
    reason = fmt::format("{} does not define {}", file.string(), INGOT_CODEGEN_COMPILE);
    dlclose(handle);
  }
  throw UserError(fmt::format("{} and needs {} to be compiled, which cannot be loaded ({}): put it beside the executable or into ../lib",
                              need, INGOT_CODEGEN_LIBRARY, reason));
}

}  // namespace

const CodegenLibrary& codegen_library(const std::filesystem::path& path, const std::string& need) {
  static std::mutex mutex;
  static std::map<std::filesystem::path, CodegenLibrary> opened;
  const std::lock_guard lock(mutex);
  const auto found = opened.find(path);
  return found != opened.end() ? found->second : opened.emplace(path, open(path, need)).first->second;
}

}  // namespace ingot::runtime
