#include "cuda/context.hpp"

#include <fmt/format.h>
#include <ingot/runtime/data/error.hpp>

#include <algorithm>
#include <array>

namespace ingot::runtime::cuda {
namespace {

int attribute(const Driver& driver, CUdevice device, int number) {
  int value = 0;
  return driver.device_attribute(&value, number, device) == CUDA_SUCCESS ? value : 0;
}

DeviceFacts read_facts(const Driver& driver, CUdevice device) {
  DeviceFacts facts;
  std::array<char, 256> name = {};
  if (driver.device_name(name.data(), name.size() - 1, device) == CUDA_SUCCESS) facts.name = name.data();
  driver.device_memory(&facts.memory_bytes, device);
  const auto get = [&](int number) { return attribute(driver, device, number); };
  facts.sm = get(CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR) * 10 + get(CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR);
  facts.multiprocessors = get(CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT);
  facts.threads_per_multiprocessor = get(CU_DEVICE_ATTRIBUTE_MAX_THREADS_PER_MULTIPROCESSOR);
  facts.clock_hz = 1e3 * get(CU_DEVICE_ATTRIBUTE_CLOCK_RATE);
  facts.memory_hz = 1e3 * get(CU_DEVICE_ATTRIBUTE_MEMORY_CLOCK_RATE);
  facts.memory_bits = get(CU_DEVICE_ATTRIBUTE_GLOBAL_MEMORY_BUS_WIDTH);
  return facts;
}

}  // namespace

Context::Context(const Driver& driver, int ordinal) : driver_(driver), name_(fmt::format("cuda:{}", ordinal)) {
  int count = 0;
  check(driver.device_count(&count), "count the devices");
  if (count == 0) throw MachineError(fmt::format("--device {}: the driver {} sees no device; use --device cpu", name_, driver.name));
  if (ordinal >= count) {
    throw MachineError(fmt::format("--device {}: this machine has {} such device{}, cuda:0{}; use one of them", name_, count,
                                   count == 1 ? "" : "s", count == 1 ? "" : fmt::format(" to cuda:{}", count - 1)));
  }
  check(driver.device_get(&device_, ordinal), "get the device");
  facts_ = read_facts(driver, device_);
  check(driver.context_retain(&context_, device_), "make a context");
  try {
    enter();
  } catch (...) {
    driver.context_release(device_);
    throw;
  }
}

Context::~Context() { driver_.context_release(device_); }

Stream make_stream(const Context& context) {
  CUstream stream = nullptr;
  context.check(context.driver().stream_create(&stream, CU_STREAM_NON_BLOCKING), "make a stream");
  return {context, stream};
}

Event make_event(const Context& context, EventKind kind) {
  CUevent event = nullptr;
  context.check(context.driver().event_create(&event, kind == EventKind::timed ? 0 : CU_EVENT_DISABLE_TIMING), "make an event");
  return {context, event};
}

PinnedMemory::PinnedMemory(const Context& context, std::size_t bytes) : bytes_(bytes) {
  void* memory = nullptr;
  context.check(context.driver().host_allocate(&memory, std::max<std::size_t>(bytes, 1), 0),
                fmt::format("allocate {} bytes of pinned host memory", bytes));
  memory_ = Owned<void*, &Driver::host_release>(context, memory);
}

}  // namespace ingot::runtime::cuda
