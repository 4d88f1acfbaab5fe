// Runs the entries of a device plan on the emulator, with the same inputs as the reference interpreter, and reads the results back.
// Every tensor that kernels reach is a region of its own, so an access beside it stops the run; the arena begins as no numbers.
#pragma once
#include "codegen/support/program_runner.hpp"
#include "llvm/device_compile.hpp"
#include "support/emulator/emulator.hpp"

namespace ingot::test {

class DeviceRunner {
 public:
  /// Compiles in this process. The plan must outlive the runner. `seed`: of the order in which threads run.
  explicit DeviceRunner(const codegen::DevicePlan& plan, std::uint64_t seed = 1);

  /// One call of `entry` from the states in `in`. Of the options `threads` has no meaning here. Throws EmulationError.
  RunOutput run(codegen::Entry entry, const codegen::InterpreterInputs& in, const RunOptions& options = {});

  DeviceEmulator& emulator() { return emulator_; }
  [[nodiscard]] const ingot_emulated_image& image() const { return device_->image(); }

 private:
  class Memory;
  const codegen::DevicePlan& plan_;
  std::unique_ptr<codegen::EmulatedDevice> device_;
  DeviceEmulator emulator_;
};

}  // namespace ingot::test
