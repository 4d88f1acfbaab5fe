// All of the simulated device's state, behind the exported functions.
#pragma once
#include "cuda/driver_types.hpp"
#include "support/emulator/emulator.hpp"
#include "support/simulated_cuda/device_heap.hpp"
#include "support/simulated_cuda/fault_plan.hpp"
#include "support/simulated_cuda/queues.hpp"

#include <ingot_device.h>

#include <array>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace ingot::test {

namespace cuda = ingot::runtime::cuda;

/// A kernel of a loaded module.
struct SimulatedFunction {
  const ingot_emulated_image* image = nullptr;
  const ingot_emulated_kernel* kernel = nullptr;
  std::uint32_t shared_allowed = 48u << 10;
};
struct SimulatedModule {
  const ingot_emulated_image* image = nullptr;
  std::vector<std::unique_ptr<SimulatedFunction>> functions;
};

class Machine {
 public:
  explicit Machine(const FaultPlan& plan) : plan_(plan), queues_(plan.seed), emulator_(plan.seed) {}

  [[nodiscard]] const FaultPlan& plan() const noexcept { return plan_; }
  DeviceHeap& heap() noexcept { return heap_; }
  Queues& queues() noexcept { return queues_; }

  /// A result of the driver that is no success for a reason that the caller is to blame for: noted in the report.
  cuda::CUresult misuse(cuda::CUresult result, std::string what);
  /// The device's state: success, or what broke it.
  [[nodiscard]] cuda::CUresult state() const noexcept { return broken_; }
  [[nodiscard]] const std::string& broken_by() const noexcept { return broken_by_; }
  void fail(cuda::CUresult result, std::string what);

  bool allocation_fails() { return ++allocations_ == plan_.allocation; }
  bool launch_refused() { return ++asked_launches_ == plan_.refused_launch; }

  /// An operation for a queue: does nothing once the device is broken, breaks it when the plan says so.
  Operation operation(std::function<void()> work);
  Operation kernel(const SimulatedFunction& function, std::array<std::uint32_t, 3> grid, std::array<std::uint32_t, 3> block,
                   std::uint32_t shared_bytes, std::vector<std::uint64_t> parameters);
  Operation gemm(std::function<void()> work);
  void count_graph() { ++graphs_; }

  [[nodiscard]] std::string report();
  /// Misuse, if something is still alive.
  void check_nothing_alive();

  int contexts = 0;  ///< retained
  std::map<void*, std::size_t> pinned;
  std::map<SimulatedModule*, std::unique_ptr<SimulatedModule>> modules;
  std::map<SimulatedGraph*, std::shared_ptr<SimulatedGraph>> graphs, execs;

 private:
  void run_kernel(const SimulatedFunction& function, std::array<std::uint32_t, 3> grid, std::array<std::uint32_t, 3> block,
                  std::uint32_t shared_bytes, const std::vector<std::uint64_t>& parameters);

  FaultPlan plan_;
  DeviceHeap heap_;
  Queues queues_;
  DeviceEmulator emulator_;
  std::uint64_t emulator_memory_ = 0;  // version of the heap that the emulator knows
  cuda::CUresult broken_ = cuda::CUDA_SUCCESS;
  std::string broken_by_;
  std::vector<std::string> wrong_;
  std::uint64_t allocations_ = 0, asked_launches_ = 0, launches_ = 0, gemms_ = 0, graphs_ = 0, operations_ = 0;
};

/// Held by every exported function: the driver is thread-safe, the machine is not.
std::unique_lock<std::recursive_mutex> lock_machine();
/// The machine of this process, made at the first call from the plan beside the library. Only with the lock.
Machine& machine();
/// The stream of a handle; null, and a misuse, when it is none.
SimulatedStream* stream_of(cuda::CUstream handle);
/// At the release of the last context: the report goes to its file.
void write_report();

}  // namespace ingot::test
