// Where a program runs: memory, and executables, which are programs with their memory in place. The CPU is one implementation, CUDA
// (cuda.hpp) the other.
//
// State and arenas belong to the device; canonical tensors, inputs, targets, scalars, metrics and outputs of a call are host memory.
// A device serves one caller at a time, and outlives its memory and its executables.
#pragma once
#include <ingot/runtime/device/team.hpp>

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace ingot::runtime {

struct Dataset;  // data/dataset.hpp
struct Program;  // model/program.hpp

/// A program on a device: its state, and the execution of its entries. Everything happens in the order of the calls.
class Executable {
 public:
  virtual ~Executable() = default;
  /// State tensor i, canonical, in the program's dtype.
  virtual void get(std::uint32_t i, void* canonical) const = 0;
  virtual void set(std::uint32_t i, const void* canonical) = 0;
  virtual void zero_state() = 0;
  /// The raw state, for snapshots within one process: `state_bytes` of the program.
  virtual void save_state(std::span<std::byte> block) const = 0;
  virtual void load_state(std::span<const std::byte> block) = 0;

  /// Runs an entry to its end. The caller fills inputs, input_dtypes, targets, index, rows, scalars, outputs and metrics of the call;
  /// null outputs of `evaluate` mean that nobody wants them.
  virtual void run(const ingot_entry& entry, ingot_call& call) = 0;

  /// How many started calls may wait for their `finish` while the next one starts; 0: none, `start` is `run`.
  [[nodiscard]] virtual std::uint32_t steps_ahead() const noexcept { return 0; }
  /// As run, without outputs, but metrics come from `finish`. What the call points at may change as soon as it has returned.
  virtual void start(const ingot_entry& entry, ingot_call& call) { run(entry, call); }
  /// With steps_ahead() > 0: waits for the oldest started call and writes its metrics.
  virtual void finish(double* /*metrics*/) {}

  /// Calls will read rows of `data` (or of slices of it) many times: a device with memory of its own keeps a copy while the result lives,
  /// when it has room. Null: nothing is kept. `data` must outlive the result.
  [[nodiscard]] virtual std::shared_ptr<void> keep(const Dataset& /*data*/) { return nullptr; }
};

class Device {
 public:
  virtual ~Device() = default;
  /// "cpu", "cuda:0"
  [[nodiscard]] virtual std::string_view name() const = 0;
  /// The target its programs are compiled for, as ProgramRequest.target: "" on the CPU.
  [[nodiscard]] virtual std::string target() const { return {}; }
  /// Of the host: that run programs, or that prepare what another device runs.
  [[nodiscard]] virtual std::uint32_t threads() const = 0;
  /// Zeroed memory aligned to INGOT_ALIGNMENT or better. Throws std::bad_alloc.
  [[nodiscard]] virtual void* allocate(std::size_t bytes) = 0;
  virtual void release(void* memory, std::size_t bytes) noexcept = 0;
  /// Between device memory and host memory.
  virtual void copy_to_host(void* host, const void* device, std::size_t bytes) = 0;
  virtual void copy_from_host(void* device, const void* host, std::size_t bytes) = 0;
  virtual void zero(void* device, std::size_t bytes) = 0;
  /// Memory for `program` of `model`, whose state is zero. Both must outlive the result.
  [[nodiscard]] virtual std::unique_ptr<Executable> load(const ingot_model& model, const Program& program) = 0;
};

/// The processor this process runs on, with a team of `threads` threads (0: all that are available).
class CpuDevice final : public Device {
 public:
  explicit CpuDevice(std::uint32_t threads = 0);
  [[nodiscard]] std::string_view name() const override { return "cpu"; }
  [[nodiscard]] std::uint32_t threads() const override { return team_.size(); }
  [[nodiscard]] void* allocate(std::size_t bytes) override;
  void release(void* memory, std::size_t bytes) noexcept override;
  void copy_to_host(void* host, const void* device, std::size_t bytes) override;
  void copy_from_host(void* device, const void* host, std::size_t bytes) override;
  void zero(void* device, std::size_t bytes) override;
  [[nodiscard]] std::unique_ptr<Executable> load(const ingot_model& model, const Program& program) override;
  [[nodiscard]] Team& team() noexcept { return team_; }

 private:
  Team team_;
};

/// A block of device memory that is released with its owner.
class DeviceMemory {
 public:
  DeviceMemory() = default;
  DeviceMemory(Device& device, std::size_t bytes);
  ~DeviceMemory();
  DeviceMemory(DeviceMemory&& other) noexcept;
  DeviceMemory& operator=(DeviceMemory&& other) noexcept;

  [[nodiscard]] void* data() const noexcept { return data_; }
  [[nodiscard]] std::size_t size() const noexcept { return bytes_; }

 private:
  Device* device_ = nullptr;
  void* data_ = nullptr;
  std::size_t bytes_ = 0;
};

/// The target of this processor among those that objects are built for: "x86-64-v4", "x86-64-v3"; "" when it has neither.
[[nodiscard]] std::string_view cpu_target();
/// All targets that this processor runs, the best first; "x86-64-v4bf16" is of use to programs that multiply in bf16 only.
[[nodiscard]] std::span<const std::string_view> cpu_targets();

}  // namespace ingot::runtime
