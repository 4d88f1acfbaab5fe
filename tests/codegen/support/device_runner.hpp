// Runs the entries of a device plan with the same inputs as the reference interpreter, and reads the results back: on the emulator
// (device_runner.cpp) or through the runtime on a CUDA device (cuda_runner.cpp), whichever is linked.
// On the emulator every tensor that kernels reach is a region of its own, so an access beside it stops the run; the arena begins as no
// numbers.
#pragma once
#include "codegen/support/program_runner.hpp"
#include "llvm/device_compile.hpp"
#include "support/emulator/emulator.hpp"

namespace ingot::test {

class DeviceRunner {
 public:
  /// Compiles in this process. The plan must outlive the runner. `seed`: of the order in which threads run.
  explicit DeviceRunner(const codegen::DevicePlan& plan, std::uint64_t seed = 1);
  ~DeviceRunner();

  /// One call of `entry` from the states in `in`. Of the options `threads` has no meaning here. Throws EmulationError, or MachineError.
  RunOutput run(codegen::Entry entry, const codegen::InterpreterInputs& in, const RunOptions& options = {});

  // Of the emulator alone.
  DeviceEmulator& emulator();
  [[nodiscard]] const ingot_emulated_image& image() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace ingot::test
