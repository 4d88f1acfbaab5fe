#include "cuda/cublaslt.hpp"

#include <fmt/format.h>

#include <map>
#include <memory>
#include <mutex>

namespace ingot::runtime::cuda {
namespace {

OptionalCublasLt load(const Driver& driver) {
  OptionalCublasLt result;
  const DynamicLibrary* library = driver.library;
  // Kept for ever, as the functions are: see DynamicLibrary.
  if (!driver.by_file) library = new DynamicLibrary({"libcublasLt.so.13", "libcublasLt.so.12", "libcublasLt.so"});
  if (!library->is_open()) {
    result.missing = library->reason();
    return result;
  }
  auto functions = std::make_unique<CublasLt>();
  functions->name = library->name();
  std::string missing;
#define INGOT_CUBLASLT_FUNCTION(member, symbol, parameters) library->resolve(functions->member, #symbol, missing);
#include "cuda/cublaslt_functions.def"
#undef INGOT_CUBLASLT_FUNCTION
  library->resolve(functions->status_string, "cublasLtGetStatusString", missing);
  if (missing.empty())
    result.library = functions.release();
  else
    result.missing = fmt::format("{} lacks the function {}", library->name(), missing);
  return result;
}

}  // namespace

const OptionalCublasLt& open_cublaslt(const Driver& driver) {
  static std::mutex mutex;
  static std::map<const Driver*, OptionalCublasLt> opened;
  const std::lock_guard lock(mutex);
  const auto found = opened.find(&driver);
  return found != opened.end() ? found->second : opened.emplace(&driver, load(driver)).first->second;
}

}  // namespace ingot::runtime::cuda
