// The file of --log-steps: one line "step,loss" per update, the loss with 9 significant digits.
#pragma once
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <memory>

namespace ingot::runtime {

class StepLog {
 public:
  StepLog() = default;  ///< writes nothing
  /// Keeps the lines up to step `done` of what is there (0: begins anew). Throws MachineError.
  StepLog(const std::filesystem::path& path, std::uint64_t done);
  void add(std::uint64_t step, double loss);
  /// Throws MachineError when the lines could not be written.
  void flush();

 private:
  struct Close {
    void operator()(std::FILE* file) const noexcept { std::fclose(file); }
  };
  std::filesystem::path path_;
  std::unique_ptr<std::FILE, Close> file_;
};

}  // namespace ingot::runtime
