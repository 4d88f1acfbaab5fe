// The functions of NVIDIA's driver that the runtime uses, on the simulated machine. What the driver would quietly accept and this project
// does not mean to do (the default stream, copies of host memory that is not pinned) is refused and noted.
#include "support/simulated_cuda/machine.hpp"

#include <algorithm>
#include <cstring>

using namespace ingot::test;
using namespace ingot::runtime::cuda;

// The prototypes: a definition below that differs from what the runtime calls does not compile.
extern "C" {
#define INGOT_DRIVER_FUNCTION(member, symbol, parameters) CUresult symbol parameters;
#include "cuda/driver_functions.def"
#undef INGOT_DRIVER_FUNCTION
}

namespace {

CUcontext context_handle(CUdevice device) { return reinterpret_cast<CUcontext>(std::uintptr_t{0x1000} + static_cast<unsigned>(device)); }

bool is_pinned(const void* host, std::size_t bytes) {
  const auto* at = static_cast<const std::byte*>(host);
  return std::any_of(machine().pinned.begin(), machine().pinned.end(), [&](const auto& block) {
    const auto* begin = static_cast<const std::byte*>(block.first);
    return at >= begin && at + bytes <= begin + block.second;
  });
}

/// Of what every asynchronous operation names.
CUresult check_operation(CUstream stream, CUdeviceptr device, std::size_t bytes, const void* host) {
  Machine& m = machine();
  if (m.state() != CUDA_SUCCESS) return m.state();
  if (stream_of(stream) == nullptr) return CUDA_ERROR_INVALID_HANDLE;
  if (const auto wrong = m.heap().check(device, bytes)) return m.misuse(CUDA_ERROR_INVALID_VALUE, "a copy touches " + *wrong);
  if (host != nullptr && !is_pinned(host, bytes))
    return m.misuse(CUDA_ERROR_INVALID_VALUE, "a copy touches host memory that is not pinned");
  return CUDA_SUCCESS;
}

/// While a stream captures nobody may wait for it.
bool breaks_capture(SimulatedStream& stream) {
  if (stream.capture == nullptr) return false;
  stream.capture_broken = true;
  machine().misuse(CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED, "something waits for a stream that captures");
  return true;
}

std::vector<std::uint64_t> copied(void** parameters) {
  std::vector<std::uint64_t> values;
  for (; *parameters != nullptr; ++parameters) values.push_back(*static_cast<std::uint64_t*>(*parameters));
  return values;
}

}  // namespace

extern "C" {

CUresult cuInit(unsigned) {
  const auto lock = lock_machine();
  return machine().plan().devices == 0 ? CUDA_ERROR_NO_DEVICE : CUDA_SUCCESS;
}

CUresult cuDriverGetVersion(int* version) {
  *version = 13000;
  return CUDA_SUCCESS;
}

CUresult cuGetErrorName(CUresult result, const char** text) {
  const std::pair<CUresult, const char*> names[] = {{CUDA_SUCCESS, "CUDA_SUCCESS"},
                                                    {CUDA_ERROR_INVALID_VALUE, "CUDA_ERROR_INVALID_VALUE"},
                                                    {CUDA_ERROR_OUT_OF_MEMORY, "CUDA_ERROR_OUT_OF_MEMORY"},
                                                    {CUDA_ERROR_NO_DEVICE, "CUDA_ERROR_NO_DEVICE"},
                                                    {CUDA_ERROR_INVALID_DEVICE, "CUDA_ERROR_INVALID_DEVICE"},
                                                    {CUDA_ERROR_INVALID_HANDLE, "CUDA_ERROR_INVALID_HANDLE"},
                                                    {CUDA_ERROR_NOT_FOUND, "CUDA_ERROR_NOT_FOUND"},
                                                    {CUDA_ERROR_ILLEGAL_ADDRESS, "CUDA_ERROR_ILLEGAL_ADDRESS"},
                                                    {CUDA_ERROR_LAUNCH_OUT_OF_RESOURCES, "CUDA_ERROR_LAUNCH_OUT_OF_RESOURCES"},
                                                    {CUDA_ERROR_LAUNCH_FAILED, "CUDA_ERROR_LAUNCH_FAILED"},
                                                    {CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED, "CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED"},
                                                    {CUDA_ERROR_STREAM_CAPTURE_INVALIDATED, "CUDA_ERROR_STREAM_CAPTURE_INVALIDATED"},
                                                    {CUDA_ERROR_UNKNOWN, "CUDA_ERROR_UNKNOWN"}};
  const auto* found = std::find_if(std::begin(names), std::end(names), [&](const auto& name) { return name.first == result; });
  if (found == std::end(names)) return CUDA_ERROR_INVALID_VALUE;
  *text = found->second;
  return CUDA_SUCCESS;
}

// For what broke the device, the simulation knows more than a driver would.
CUresult cuGetErrorString(CUresult result, const char** text) {
  const auto lock = lock_machine();
  if (result == CUDA_ERROR_OUT_OF_MEMORY)
    *text = "out of memory";
  else if (result == CUDA_ERROR_NO_DEVICE)
    *text = "no CUDA-capable device is detected";
  else if (result == CUDA_ERROR_LAUNCH_OUT_OF_RESOURCES)
    *text = "too many resources requested for launch";
  else if (result == machine().state())
    *text = machine().broken_by().c_str();
  else
    *text = "refused by the simulated driver";
  return CUDA_SUCCESS;
}

CUresult cuDeviceGetCount(int* count) {
  const auto lock = lock_machine();
  *count = machine().plan().devices;
  return CUDA_SUCCESS;
}

CUresult cuDeviceGet(CUdevice* device, int ordinal) {
  const auto lock = lock_machine();
  if (ordinal < 0 || ordinal >= machine().plan().devices) return machine().misuse(CUDA_ERROR_INVALID_DEVICE, "a device that is not there");
  *device = ordinal;
  return CUDA_SUCCESS;
}

CUresult cuDeviceGetName(char* name, int capacity, CUdevice) {
  std::strncpy(name, "simulated device", static_cast<std::size_t>(capacity));
  return CUDA_SUCCESS;
}

CUresult cuDeviceTotalMem_v2(std::size_t* bytes, CUdevice) {
  const auto lock = lock_machine();
  *bytes = machine().plan().memory;
  return CUDA_SUCCESS;
}

// Capability 0.0 is that of emulated images.
CUresult cuDeviceGetAttribute(int* value, int attribute, CUdevice) {
  switch (attribute) {
    case CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT:
      *value = 4;
      break;
    case CU_DEVICE_ATTRIBUTE_MAX_THREADS_PER_MULTIPROCESSOR:
      *value = 2048;
      break;
    case CU_DEVICE_ATTRIBUTE_CLOCK_RATE:
    case CU_DEVICE_ATTRIBUTE_MEMORY_CLOCK_RATE:
      *value = 1000000;  // kHz
      break;
    case CU_DEVICE_ATTRIBUTE_GLOBAL_MEMORY_BUS_WIDTH:
      *value = 64;
      break;
    default:
      *value = 0;
  }
  return CUDA_SUCCESS;
}

CUresult cuDevicePrimaryCtxRetain(CUcontext* context, CUdevice device) {
  const auto lock = lock_machine();
  ++machine().contexts;
  *context = context_handle(device);
  return CUDA_SUCCESS;
}

CUresult cuDevicePrimaryCtxRelease_v2(CUdevice) {
  const auto lock = lock_machine();
  if (--machine().contexts > 0) return CUDA_SUCCESS;
  machine().check_nothing_alive();
  write_report();
  return CUDA_SUCCESS;
}

CUresult cuCtxSetCurrent(CUcontext context) {
  const auto lock = lock_machine();
  if (context == nullptr || machine().contexts == 0) return machine().misuse(CUDA_ERROR_INVALID_CONTEXT, "a context that is released");
  return CUDA_SUCCESS;
}

CUresult cuMemGetInfo_v2(std::size_t* free, std::size_t* total) {
  const auto lock = lock_machine();
  *total = machine().plan().memory;
  *free = *total - std::min(*total, machine().heap().used());
  return CUDA_SUCCESS;
}

CUresult cuMemAlloc_v2(CUdeviceptr* memory, std::size_t bytes) {
  const auto lock = lock_machine();
  Machine& m = machine();
  if (m.state() != CUDA_SUCCESS) return m.state();
  if (bytes == 0) return m.misuse(CUDA_ERROR_INVALID_VALUE, "an allocation of no bytes");
  if (m.allocation_fails()) return CUDA_ERROR_OUT_OF_MEMORY;
  *memory = m.heap().allocate(bytes, m.plan().memory);
  return *memory == 0 ? CUDA_ERROR_OUT_OF_MEMORY : CUDA_SUCCESS;
}

CUresult cuMemFree_v2(CUdeviceptr memory) {
  const auto lock = lock_machine();
  if (const auto wrong = machine().heap().release(memory)) return machine().misuse(CUDA_ERROR_INVALID_VALUE, *wrong);
  return machine().state();
}

CUresult cuMemHostAlloc(void** memory, std::size_t bytes, unsigned) {
  const auto lock = lock_machine();
  if (machine().state() != CUDA_SUCCESS) return machine().state();
  *memory = operator new(bytes);
  std::memset(*memory, 0xA5, bytes);
  machine().pinned.emplace(*memory, bytes);
  return CUDA_SUCCESS;
}

CUresult cuMemFreeHost(void* memory) {
  const auto lock = lock_machine();
  if (machine().pinned.erase(memory) == 0) return machine().misuse(CUDA_ERROR_INVALID_VALUE, "what is freed is no pinned memory");
  operator delete(memory);
  return machine().state();
}

CUresult cuMemcpyHtoDAsync_v2(CUdeviceptr to, const void* from, std::size_t bytes, CUstream stream) {
  const auto lock = lock_machine();
  if (const CUresult result = check_operation(stream, to, bytes, from); result != CUDA_SUCCESS) return result;
  Machine& m = machine();
  m.queues().enqueue(*stream_of(stream), m.operation([=] { std::memcpy(reinterpret_cast<void*>(to), from, bytes); }));
  return CUDA_SUCCESS;
}

CUresult cuMemcpyDtoHAsync_v2(void* to, CUdeviceptr from, std::size_t bytes, CUstream stream) {
  const auto lock = lock_machine();
  if (const CUresult result = check_operation(stream, from, bytes, to); result != CUDA_SUCCESS) return result;
  Machine& m = machine();
  m.queues().enqueue(*stream_of(stream), m.operation([=] { std::memcpy(to, reinterpret_cast<const void*>(from), bytes); }));
  return CUDA_SUCCESS;
}

CUresult cuMemsetD8Async(CUdeviceptr to, unsigned char value, std::size_t count, CUstream stream) {
  const auto lock = lock_machine();
  if (const CUresult result = check_operation(stream, to, count, nullptr); result != CUDA_SUCCESS) return result;
  Machine& m = machine();
  m.queues().enqueue(*stream_of(stream), m.operation([=] { std::memset(reinterpret_cast<void*>(to), value, count); }));
  return CUDA_SUCCESS;
}

CUresult cuStreamCreate(CUstream* stream, unsigned flags) {
  const auto lock = lock_machine();
  if (machine().state() != CUDA_SUCCESS) return machine().state();
  if (flags != CU_STREAM_NON_BLOCKING) machine().misuse(CUDA_SUCCESS, "a stream that waits for the default stream is made");
  *stream = reinterpret_cast<CUstream>(machine().queues().make_stream());
  return CUDA_SUCCESS;
}

CUresult cuStreamDestroy_v2(CUstream handle) {
  const auto lock = lock_machine();
  SimulatedStream* stream = stream_of(handle);
  if (stream == nullptr) return CUDA_ERROR_INVALID_HANDLE;
  machine().queues().destroy(stream);
  return machine().state();
}

CUresult cuStreamSynchronize(CUstream handle) {
  const auto lock = lock_machine();
  SimulatedStream* stream = stream_of(handle);
  if (stream == nullptr) return CUDA_ERROR_INVALID_HANDLE;
  if (breaks_capture(*stream)) return CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED;
  machine().queues().synchronize(*stream);
  return machine().state();
}

CUresult cuStreamWaitEvent(CUstream handle, CUevent event, unsigned) {
  const auto lock = lock_machine();
  SimulatedStream* stream = stream_of(handle);
  const auto* recorded = reinterpret_cast<SimulatedEvent*>(event);
  if (stream == nullptr || !machine().queues().is_event(recorded)) return CUDA_ERROR_INVALID_HANDLE;
  if (breaks_capture(*stream)) return CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED;
  machine().queues().wait(*stream, *recorded);
  return machine().state();
}

CUresult cuStreamBeginCapture_v2(CUstream handle, int) {
  const auto lock = lock_machine();
  SimulatedStream* stream = stream_of(handle);
  if (stream == nullptr || machine().state() != CUDA_SUCCESS) return stream == nullptr ? CUDA_ERROR_INVALID_HANDLE : machine().state();
  stream->capture = std::make_shared<SimulatedGraph>();
  stream->capture_broken = false;
  return CUDA_SUCCESS;
}

CUresult cuStreamEndCapture(CUstream handle, CUgraph* graph) {
  const auto lock = lock_machine();
  SimulatedStream* stream = stream_of(handle);
  if (stream == nullptr || stream->capture == nullptr) return machine().misuse(CUDA_ERROR_INVALID_VALUE, "a capture ends that never began");
  const std::shared_ptr<SimulatedGraph> captured = std::move(stream->capture);
  stream->capture = nullptr;
  *graph = nullptr;
  if (stream->capture_broken) return CUDA_ERROR_STREAM_CAPTURE_INVALIDATED;
  machine().graphs.emplace(captured.get(), captured);
  *graph = reinterpret_cast<CUgraph>(captured.get());
  return CUDA_SUCCESS;
}

CUresult cuEventCreate(CUevent* event, unsigned) {
  const auto lock = lock_machine();
  if (machine().state() != CUDA_SUCCESS) return machine().state();
  *event = reinterpret_cast<CUevent>(machine().queues().make_event());
  return CUDA_SUCCESS;
}

CUresult cuEventDestroy_v2(CUevent handle) {
  const auto lock = lock_machine();
  auto* event = reinterpret_cast<SimulatedEvent*>(handle);
  if (!machine().queues().is_event(event)) return machine().misuse(CUDA_ERROR_INVALID_HANDLE, "an event is destroyed that is none");
  machine().queues().destroy(event);
  return machine().state();
}

CUresult cuEventRecord(CUevent handle, CUstream stream) {
  const auto lock = lock_machine();
  auto* event = reinterpret_cast<SimulatedEvent*>(handle);
  SimulatedStream* on = stream_of(stream);
  if (on == nullptr || !machine().queues().is_event(event)) return CUDA_ERROR_INVALID_HANDLE;
  if (breaks_capture(*on)) return CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED;
  machine().queues().record(*on, *event);
  return machine().state();
}

CUresult cuEventSynchronize(CUevent handle) {
  const auto lock = lock_machine();
  const auto* event = reinterpret_cast<SimulatedEvent*>(handle);
  if (!machine().queues().is_event(event)) return machine().misuse(CUDA_ERROR_INVALID_HANDLE, "somebody waits for an event that is none");
  machine().queues().synchronize(*event);
  return machine().state();
}

/// Everything takes a millisecond here.
CUresult cuEventElapsedTime(float* milliseconds, CUevent from, CUevent to) {
  const auto lock = lock_machine();
  for (const CUevent handle : {from, to})
    if (!machine().queues().is_event(reinterpret_cast<SimulatedEvent*>(handle)))
      return machine().misuse(CUDA_ERROR_INVALID_HANDLE, "the time of an event is asked for that is none");
  *milliseconds = 1;
  return machine().state();
}

CUresult cuGraphInstantiateWithFlags(CUgraphExec* exec, CUgraph graph, unsigned long long) {
  const auto lock = lock_machine();
  const auto found = machine().graphs.find(reinterpret_cast<SimulatedGraph*>(graph));
  if (found == machine().graphs.end()) return machine().misuse(CUDA_ERROR_INVALID_VALUE, "a graph is used that is none");
  const auto made = std::make_shared<SimulatedGraph>(*found->second);
  machine().execs.emplace(made.get(), made);
  *exec = reinterpret_cast<CUgraphExec>(made.get());
  return CUDA_SUCCESS;
}

CUresult cuGraphLaunch(CUgraphExec exec, CUstream handle) {
  const auto lock = lock_machine();
  Machine& m = machine();
  if (m.state() != CUDA_SUCCESS) return m.state();
  SimulatedStream* stream = stream_of(handle);
  const auto found = m.execs.find(reinterpret_cast<SimulatedGraph*>(exec));
  if (stream == nullptr || found == m.execs.end()) return m.misuse(CUDA_ERROR_INVALID_HANDLE, "a graph is launched that is none");
  m.count_graph();
  m.queues().launch(*stream, found->second);
  return CUDA_SUCCESS;
}

CUresult cuGraphExecDestroy(CUgraphExec exec) {
  const auto lock = lock_machine();
  machine().execs.erase(reinterpret_cast<SimulatedGraph*>(exec));
  return machine().state();
}

CUresult cuGraphDestroy(CUgraph graph) {
  const auto lock = lock_machine();
  machine().graphs.erase(reinterpret_cast<SimulatedGraph*>(graph));
  return machine().state();
}

CUresult cuModuleLoadDataEx(CUmodule* module, const void* image, unsigned, int*, void**) {
  const auto lock = lock_machine();
  if (machine().state() != CUDA_SUCCESS) return machine().state();
  auto made = std::make_unique<SimulatedModule>();
  made->image = static_cast<const ingot_emulated_image*>(image);
  *module = reinterpret_cast<CUmodule>(made.get());
  machine().modules.emplace(made.get(), std::move(made));
  return CUDA_SUCCESS;
}

CUresult cuModuleUnload(CUmodule module) {
  const auto lock = lock_machine();
  machine().modules.erase(reinterpret_cast<SimulatedModule*>(module));
  return machine().state();
}

CUresult cuModuleGetFunction(CUfunction* function, CUmodule module, const char* name) {
  const auto lock = lock_machine();
  const auto found = machine().modules.find(reinterpret_cast<SimulatedModule*>(module));
  if (found == machine().modules.end()) return machine().misuse(CUDA_ERROR_INVALID_HANDLE, "a module is used that is none");
  const ingot_emulated_image& image = *found->first->image;
  for (std::uint32_t k = 0; k < image.n_kernels; ++k) {
    if (std::strcmp(image.kernels[k].name, name) != 0) continue;
    auto& made = found->first->functions.emplace_back(std::make_unique<SimulatedFunction>());
    made->image = &image;
    made->kernel = &image.kernels[k];
    *function = reinterpret_cast<CUfunction>(made.get());
    return CUDA_SUCCESS;
  }
  return CUDA_ERROR_NOT_FOUND;
}

CUresult cuFuncGetAttribute(int* value, int attribute, CUfunction) {
  *value = attribute == CU_FUNC_ATTRIBUTE_NUM_REGS ? 32 : attribute == CU_FUNC_ATTRIBUTE_MAX_THREADS_PER_BLOCK ? 1024 : 0;
  return CUDA_SUCCESS;
}

CUresult cuFuncSetAttribute(CUfunction function, int attribute, int value) {
  const auto lock = lock_machine();
  if (attribute != CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES || value > (99 << 10)) return CUDA_ERROR_INVALID_VALUE;
  reinterpret_cast<SimulatedFunction*>(function)->shared_allowed = static_cast<std::uint32_t>(value);
  return CUDA_SUCCESS;
}

// Launches wait in queues, and nobody but the caller knows how many parameters a kernel has: a null ends them, and each has room for 8
// bytes.
CUresult cuLaunchKernel(CUfunction function, unsigned grid_x, unsigned grid_y, unsigned grid_z, unsigned block_x, unsigned block_y,
                        unsigned block_z, unsigned shared_bytes, CUstream handle, void** arguments, void**) {
  const auto lock = lock_machine();
  Machine& m = machine();
  if (m.state() != CUDA_SUCCESS) return m.state();
  SimulatedStream* stream = stream_of(handle);
  const auto& kernel = *reinterpret_cast<SimulatedFunction*>(function);
  if (stream == nullptr) return CUDA_ERROR_INVALID_HANDLE;
  if (m.launch_refused()) return CUDA_ERROR_LAUNCH_OUT_OF_RESOURCES;
  const bool sensible = grid_x * grid_y * grid_z > 0 && block_x * block_y * block_z > 0 && block_x * block_y * block_z <= 1024;
  if (!sensible || shared_bytes > kernel.shared_allowed) return m.misuse(CUDA_ERROR_INVALID_VALUE, "a launch of a size that cannot be");
  m.queues().enqueue(*stream, m.kernel(kernel, {grid_x, grid_y, grid_z}, {block_x, block_y, block_z}, shared_bytes, copied(arguments)));
  return CUDA_SUCCESS;
}

CUresult cuOccupancyMaxActiveBlocksPerMultiprocessor(int* blocks, CUfunction, int block_size, std::size_t) {
  *blocks = 2048 / std::max(1, block_size);
  return CUDA_SUCCESS;
}
}
