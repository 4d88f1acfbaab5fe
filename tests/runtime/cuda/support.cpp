#include "runtime/cuda/support.hpp"

#include "support/simulated_cuda/control.h"

#include <dlfcn.h>
#include <sstream>
#include <stdexcept>

namespace ingot::test {
namespace {

template <class Function>
Function* control(const char* name) {
  void* library = dlopen(SIMULATED_CUDA, RTLD_LAZY | RTLD_LOCAL);
  void* symbol = library == nullptr ? nullptr : dlsym(library, name);
  if (symbol == nullptr) throw std::runtime_error(std::string("the simulated driver lacks ") + name);
  return reinterpret_cast<Function*>(symbol);
}

}  // namespace

std::unique_ptr<runtime::CudaDevice> simulated_device(const std::string& plan) {
  control<decltype(simulated_cuda_reset)>("simulated_cuda_reset")(plan.c_str());
  return std::make_unique<runtime::CudaDevice>(runtime::CudaOptions{0, SIMULATED_CUDA});
}

std::string simulated_report() { return control<decltype(simulated_cuda_report)>("simulated_cuda_report")(); }

std::uint64_t reported(const std::string& name) {
  std::istringstream lines(simulated_report());
  std::string key;
  std::uint64_t value = 0;
  while (lines >> key >> value)
    if (key == name) return value;
  throw std::runtime_error("the report has no " + name);
}

void lack_epilogue(int epilogue) { control<decltype(simulated_cuda_lack_epilogue)>("simulated_cuda_lack_epilogue")(epilogue); }

std::string wrongs() {
  std::istringstream lines(simulated_report());
  std::string all;
  for (std::string line; std::getline(lines, line);)
    if (line.rfind("wrong ", 0) == 0) all += line + "\n";
  return all;
}

}  // namespace ingot::test
