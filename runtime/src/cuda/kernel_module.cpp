#include "cuda/kernel_module.hpp"

#include "cuda/jit_link.hpp"

#include <fmt/format.h>
#include <ingot/runtime/data/error.hpp>

#include <algorithm>
#include <array>

namespace ingot::runtime::cuda {
namespace {

constexpr unsigned shared_without_asking = 48u << 10;

bool will_do(const ingot_device_image& image, int sm) {
  const auto own = static_cast<int>(image.sm);
  switch (image.kind) {
    case INGOT_IMAGE_EMULATED:
      return sm == 0;
    case INGOT_IMAGE_CUBIN:
      return own / 10 == sm / 10 && own <= sm;
    case INGOT_IMAGE_PTX:
      return own <= sm;
    default:
      return false;
  }
}

// Cubins before PTX, which the driver would have to compile.
std::pair<bool, std::uint32_t> rank(const ingot_device_image& image) { return {image.kind != INGOT_IMAGE_PTX, image.sm}; }

std::string first_line(std::string_view text) { return std::string(text.substr(0, text.find('\n'))); }

}  // namespace

std::string kernel_words(const ingot_device_launch& launch) {
  return fmt::format("kernel {} of {} ({})", launch.kernel, launch.name, launch.ops);
}

const ingot_device_image* choose_image(std::span<const ingot_device_image> images, int sm) {
  const ingot_device_image* best = nullptr;
  for (const ingot_device_image& image : images)
    if (will_do(image, sm) && (best == nullptr || rank(image) > rank(*best))) best = &image;
  return best;
}

KernelModule::KernelModule(const Context& context, const ingot_device_program& program) : context_(context) {
  const ingot_device_image* image = choose_image({program.images, program.n_images}, context.facts().sm);
  if (image == nullptr) {
    throw MachineError(fmt::format("{}: none of the program's {} images is for a device of compute capability {}.{} ({}); use --device cpu",
                                   context.name(), program.n_images, context.facts().sm / 10, context.facts().sm % 10,
                                   context.facts().name));
  }
  load(*image);
  for (std::uint32_t e = 0; e < program.n_entries; ++e) {
    const ingot_device_entry& entry = program.entries[e];
    for (std::uint32_t l = 0; l < entry.n_launches; ++l)
      for (const ingot_device_launch* launch : {&entry.launches[l], entry.launches[l].rest})
        if (launch != nullptr) functions_.push_back({launch, resolve(*launch)});
  }
  std::sort(functions_.begin(), functions_.end(), [](const Named& a, const Named& b) { return std::less<>()(a.launch, b.launch); });
}

void KernelModule::load(const ingot_device_image& image) {
  std::array<char, 2048> log = {};
  int options[] = {CU_JIT_ERROR_LOG_BUFFER, CU_JIT_ERROR_LOG_BUFFER_SIZE_BYTES};
  void* values[] = {log.data(), reinterpret_cast<void*>(log.size() - 1)};
  CUmodule module = nullptr;
  CUresult result = context_.driver().module_load(&module, image.data, 2, options, values);
  // Containers often come without the driver's compiler, and an older driver knows older PTX only.
  if (image.kind == INGOT_IMAGE_PTX && (result == CUDA_ERROR_JIT_COMPILER_NOT_FOUND || result == CUDA_ERROR_UNSUPPORTED_PTX_VERSION)) {
    const std::vector<std::byte> cubin = cubin_from_ptx({static_cast<const char*>(image.data), image.bytes}, context_.facts().sm);
    result = context_.driver().module_load(&module, cubin.data(), 2, options, values);
  }
  if (result != CUDA_SUCCESS) {
    const std::string said = first_line(log.data());
    throw MachineError(fmt::format("{}: cannot load the kernels compiled for sm_{}: {}{}{}; use --device cpu, or another driver",
                                   context_.name(), image.sm, context_.driver().words(result), said.empty() ? "" : ", ", said));
  }
  module_ = Module(context_, module);
}

CUfunction KernelModule::resolve(const ingot_device_launch& launch) const {
  const Driver& driver = context_.driver();
  CUfunction function = nullptr;
  context_.check(driver.module_function(&function, module_.get(), launch.kernel), "find " + kernel_words(launch));
  // Asking also makes the driver load the kernel now, not at its first launch.
  int most_threads = 0;
  context_.check(driver.function_attribute(&most_threads, CU_FUNC_ATTRIBUTE_MAX_THREADS_PER_BLOCK, function),
                 "load " + kernel_words(launch));
  const std::uint32_t threads = launch.block[0] * launch.block[1] * launch.block[2];
  if (threads > static_cast<std::uint32_t>(most_threads)) {
    throw MachineError(fmt::format("{}: {} wants blocks of {} threads, this device runs it with {} at most; use --device cpu",
                                   context_.name(), kernel_words(launch), threads, most_threads));
  }
  if (launch.shared_bytes > shared_without_asking) {
    context_.check(
        driver.function_set_attribute(function, CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES, static_cast<int>(launch.shared_bytes)),
        fmt::format("give {} bytes of shared memory to {}", launch.shared_bytes, kernel_words(launch)));
  }
  return function;
}

CUfunction KernelModule::function(const ingot_device_launch& launch) const {
  const auto found = std::lower_bound(functions_.begin(), functions_.end(), &launch,
                                      [](const Named& a, const ingot_device_launch* b) { return std::less<>()(a.launch, b); });
  return found->function;
}

void KernelModule::launch(const ingot_device_launch& launch, std::span<const CUdeviceptr> operands, CUstream stream) const {
  // A driver reads as many values, each as wide, as its kernel has parameters. One that only simulates a device does not know them: it
  // takes 8 bytes of each, up to a null.
  std::vector<std::uint64_t> values(operands.begin(), operands.end());
  values.insert(values.end(), launch.constants, launch.constants + launch.n_constants);
  std::vector<void*> parameters;
  for (std::uint64_t& value : values) parameters.push_back(&value);
  parameters.push_back(nullptr);
  const CUresult result =
      context_.driver().launch(function(launch), launch.grid[0], launch.grid[1], launch.grid[2], launch.block[0], launch.block[1],
                               launch.block[2], launch.shared_bytes, stream, parameters.data(), nullptr);
  if (result != CUDA_SUCCESS) context_.check(result, "launch " + kernel_words(launch));
}

}  // namespace ingot::runtime::cuda
