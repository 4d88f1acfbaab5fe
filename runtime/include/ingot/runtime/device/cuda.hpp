// A CUDA device, through NVIDIA's driver opened by name: neither building nor starting a program needs anything of NVIDIA's.
//
// Programs for it come from the target "cuda" and are float32. Matrix products go through cuBLASLt where the plan names them and the
// library is there, else through kernels of our own. Any failure is a MachineError of one sentence that names the device, the kernel and
// its ops where they are known, and the driver's own word; the device is then of no more use in this process.
#pragma once
#include <ingot/runtime/device/device.hpp>

#include <filesystem>
#include <vector>

namespace ingot::runtime {

struct CudaOptions {
  int ordinal = 0;                 ///< of the device
  std::filesystem::path driver{};  ///< another library with the driver's functions (and cuBLASLt's, if any); "": libcuda.so.1
  std::uint32_t threads = 0;       ///< of the host; 0: all that are available
};

/// What the device says about one launch of an entry.
struct LaunchFacts {
  int registers = 0;     ///< per thread
  int shared_bytes = 0;  ///< per block, static and dynamic
  int local_bytes = 0;   ///< per thread, spilled
  double occupancy = 0;  ///< threads that a multiprocessor can hold of those it has room for, 0 .. 1
  bool library = false;  ///< in a full batch cuBLASLt does the products that the plan names, and a kernel what they leave
};

/// What the device can do at most, from its clocks and units; 0: its driver does not say.
struct DevicePeak {
  double gb_per_s = 0;  ///< of its memory
  double gflops = 0;    ///< of float32 multiply-adds outside of tensor cores
};

class CudaDevice final : public Device {
 public:
  /// Throws MachineError: no driver, a function missing in it, no such device.
  explicit CudaDevice(const CudaOptions& options);
  ~CudaDevice() override;

  [[nodiscard]] std::string_view name() const override;
  /// "cuda"; "cuda-emulated" for a simulated device, which says that its compute capability is 0.
  [[nodiscard]] std::string target() const override;
  [[nodiscard]] std::uint32_t threads() const override { return threads_; }
  [[nodiscard]] void* allocate(std::size_t bytes) override;
  void release(void* memory, std::size_t bytes) noexcept override;
  void copy_to_host(void* host, const void* device, std::size_t bytes) override;
  void copy_from_host(void* device, const void* host, std::size_t bytes) override;
  void zero(void* device, std::size_t bytes) override;
  [[nodiscard]] std::unique_ptr<Executable> load(const ingot_model& model, const Program& program) override;

  /// One sentence: name, capability, multiprocessors, memory, driver, and the library of matrix products or why there is none.
  [[nodiscard]] std::string describe();
  /// Per launch of an entry of `program`.
  [[nodiscard]] std::vector<LaunchFacts> launch_facts(const ingot_model& model, const Program& program, ingot_entry_kind kind);
  /// Seconds of each launch of an entry of `program` in a full batch, one after the other, at weights and on rows of zeros.
  [[nodiscard]] std::vector<double> launch_times(const ingot_model& model, const Program& program, ingot_entry_kind kind);
  [[nodiscard]] DevicePeak peak() const;

 private:
  std::uint32_t threads_;
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace ingot::runtime
