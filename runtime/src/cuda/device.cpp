#include "cuda/core.hpp"
#include "cuda/executable.hpp"

#include <fmt/format.h>
#include <ingot/runtime/data/dataset.hpp>
#include <ingot/runtime/device/cuda.hpp>
#include <ingot/runtime/model/instance.hpp>

#include <algorithm>
#include <deque>
#include <stdexcept>
#include <vector>

namespace ingot::runtime {

using namespace cuda;

struct CudaDevice::Impl {
  Impl(const Driver& driver, int ordinal) : core(driver, ordinal) {}
  Core core;
};

namespace {

CUdeviceptr address(const void* memory) { return reinterpret_cast<CUdeviceptr>(memory); }

LaunchFacts facts_of(const Context& context, const CudaExecutable& executable, const ingot_device_launch& launch) {
  const Driver& driver = context.driver();
  CUfunction function = executable.kernels().function(launch);
  const auto get = [&](int attribute) {
    int value = 0;
    context.check(driver.function_attribute(&value, attribute, function), "read the facts of " + kernel_words(launch));
    return value;
  };
  LaunchFacts facts;
  facts.registers = get(CU_FUNC_ATTRIBUTE_NUM_REGS);
  facts.shared_bytes = get(CU_FUNC_ATTRIBUTE_SHARED_SIZE_BYTES) + static_cast<int>(launch.shared_bytes);
  facts.local_bytes = get(CU_FUNC_ATTRIBUTE_LOCAL_SIZE_BYTES);
  const std::uint32_t threads = launch.block[0] * launch.block[1] * launch.block[2];
  int blocks = 0;
  context.check(driver.occupancy(&blocks, function, static_cast<int>(threads), launch.shared_bytes),
                "estimate the occupancy of " + kernel_words(launch));
  facts.occupancy = static_cast<double>(blocks) * threads / std::max(1, context.facts().threads_per_multiprocessor);
  return facts;
}

/// A full batch of zeros as the caller of an entry gives it.
struct ZeroCall {
  ZeroCall(const ingot_model& model, const Program& program, const ingot_entry& entry) : metrics(entry.n_metrics) {
    const auto add = [&](const ingot_tensor& tensor, std::vector<const void*>& to) {
      to.push_back(rows.emplace_back(program->batch * tensor.elements * dtype_bytes(INGOT_F32)).data());  // no dtype of rows is wider
    };
    for (std::uint32_t i = 0; i < model.n_inputs; ++i) {
      add(model.inputs[i], inputs);
      dtypes.push_back(model.inputs[i].dtype);
    }
    for (std::uint32_t t = 0; t < model.n_targets; ++t) add(model.targets[t], targets);
    scalars.resize(program->n_scalars);
    fill_scalars(*program, Point(model), {}, scalars);
    call.inputs = inputs.data();
    call.input_dtypes = dtypes.data();
    call.targets = targets.data();
    call.rows = program->batch;
    call.scalars = scalars.data();
    call.metrics = metrics.data();
  }
  std::deque<std::vector<std::byte>> rows;
  std::vector<const void*> inputs, targets;
  std::vector<std::uint32_t> dtypes;
  std::vector<double> scalars, metrics;
  ingot_call call = {};
};

/// Multiply-adds of float32 that a multiprocessor starts in a cycle: CUDA C++ Programming Guide, "Arithmetic Instructions".
int float_units(int sm) { return sm == 80 ? 64 : 128; }

}  // namespace

CudaDevice::CudaDevice(const CudaOptions& options)
    : threads_(options.threads == 0 ? available_threads() : options.threads),
      impl_(std::make_unique<Impl>(open_driver(options.driver, fmt::format("--device cuda:{}", options.ordinal)), options.ordinal)) {}

CudaDevice::~CudaDevice() = default;

std::string_view CudaDevice::name() const { return impl_->core.context.name(); }

std::string CudaDevice::target() const { return impl_->core.context.facts().sm == 0 ? "cuda-emulated" : "cuda"; }

void* CudaDevice::allocate(std::size_t bytes) {
  Core& core = impl_->core;
  core.context.enter();
  const CUdeviceptr memory = core.pool.allocate(bytes);
  core.transfer.zero(memory, bytes, core.stream.get());
  return reinterpret_cast<void*>(memory);
}

void CudaDevice::release(void* memory, std::size_t) noexcept { impl_->core.pool.release(address(memory)); }

void CudaDevice::copy_to_host(void* host, const void* device, std::size_t bytes) {
  impl_->core.context.enter();
  impl_->core.transfer.to_host(host, address(device), bytes, impl_->core.stream.get());
}

void CudaDevice::copy_from_host(void* device, const void* host, std::size_t bytes) {
  impl_->core.context.enter();
  impl_->core.transfer.to_device(address(device), host, bytes, impl_->core.stream.get());
}

void CudaDevice::zero(void* device, std::size_t bytes) {
  impl_->core.context.enter();
  impl_->core.transfer.zero(address(device), bytes, impl_->core.stream.get());
}

std::unique_ptr<Executable> CudaDevice::load(const ingot_model& model, const Program& program) {
  if (program.device == nullptr) throw std::logic_error("a program of the CPU target cannot run on a CUDA device");
  impl_->core.context.enter();
  return std::make_unique<CudaExecutable>(impl_->core, model, program);
}

std::string CudaDevice::describe() {
  Core& core = impl_->core;
  const DeviceFacts& f = core.context.facts();
  const Driver& driver = core.context.driver();
  const std::string library = core.gemms().name();
  return fmt::format("{}: {}, compute capability {}.{}, {} multiprocessors, {:.1f} GiB, driver {} for CUDA {}.{}, matrix products by {}",
                     core.context.name(), f.name, f.sm / 10, f.sm % 10, f.multiprocessors, static_cast<double>(f.memory_bytes) / (1u << 30),
                     driver.name, driver.version / 1000, driver.version % 1000 / 10,
                     library.empty() ? fmt::format("our own kernels ({})", core.gemms().missing()) : library);
}

std::vector<LaunchFacts> CudaDevice::launch_facts(const ingot_model& model, const Program& program, ingot_entry_kind kind) {
  impl_->core.context.enter();
  CudaExecutable executable(impl_->core, model, program);
  std::vector<LaunchFacts> facts;
  for (std::uint32_t e = 0; e < program.device->n_entries; ++e) {
    const ingot_device_entry& entry = program.device->entries[e];
    if (entry.kind != static_cast<std::uint32_t>(kind)) continue;
    for (std::uint32_t l = 0; l < entry.n_launches; ++l) {
      facts.push_back(facts_of(impl_->core.context, executable, entry.launches[l]));
      facts.back().library = executable.has_library_form(entry.kind, l);
    }
  }
  return facts;
}

std::vector<double> CudaDevice::launch_times(const ingot_model& model, const Program& program, ingot_entry_kind kind) {
  constexpr std::uint32_t repeats = 20;
  const ingot_entry* entry = program.entry(kind);
  if (entry == nullptr) return {};
  impl_->core.context.enter();
  CudaExecutable executable(impl_->core, model, program);
  ZeroCall zeros(model, program, *entry);
  return executable.time_launches(*entry, zeros.call, repeats);
}

DevicePeak CudaDevice::peak() const {
  const DeviceFacts& f = impl_->core.context.facts();
  constexpr double transfers = 2, operations = 2;  // of a cycle of the memory; of a multiply-add
  return {transfers * f.memory_hz * f.memory_bits / 8 * 1e-9, operations * float_units(f.sm) * f.multiprocessors * f.clock_hz * 1e-9};
}

}  // namespace ingot::runtime
