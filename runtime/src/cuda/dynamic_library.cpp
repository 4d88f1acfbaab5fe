#include "cuda/dynamic_library.hpp"

#include <dlfcn.h>

namespace ingot::runtime::cuda {

DynamicLibrary::DynamicLibrary(std::initializer_list<std::string> names) {
  for (const std::string& name : names) {
    // Lazy binding and local names: what these libraries are linked with must not meet the symbols of the model.
    handle_ = dlopen(name.c_str(), RTLD_LAZY | RTLD_LOCAL);
    if (handle_ != nullptr) {
      name_ = name;
      return;
    }
    const char* said = dlerror();
    if (name_.empty()) {
      name_ = name;
      reason_ = said == nullptr ? "" : said;
    }
  }
}

void* DynamicLibrary::find(const char* symbol) const noexcept { return dlsym(handle_, symbol); }

}  // namespace ingot::runtime::cuda
