// From a device plan to the ABI's description of a device program, with everything it points to.
#pragma once
#include "host/program_tables.hpp"
#include "schedule/device/launch.hpp"

#include <ingot_device.h>

namespace ingot::codegen {

/// An ingot_device_program that owns its tables. Does not move: the ABI structs point into it.
class DeviceTables {
 public:
  explicit DeviceTables(const DevicePlan& plan);
  DeviceTables(const DeviceTables&) = delete;
  DeviceTables& operator=(const DeviceTables&) = delete;

  /// Without images until `set_images`; what these point to must outlive the tables.
  [[nodiscard]] const ingot_device_program& program() const { return program_; }
  void set_images(std::vector<ingot_device_image> images);

 private:
  struct EntryTables {
    std::vector<const char*> metrics;
    std::vector<ingot_tensor> results;
    std::vector<ingot_device_launch> launches;
  };
  void add_entry(const DeviceEntryPlan& plan, EntryTables& tables);
  ingot_device_launch launch_row(const DeviceLaunch& launch);
  void add_library_form(const DeviceLaunch& launch, ingot_device_launch& row);

  StringPool pool_;
  std::vector<ingot_state> states_;
  std::vector<ingot_scalar> scalars_;
  std::deque<EntryTables> entry_tables_;
  std::deque<std::vector<ingot_device_operand>> operands_;
  std::deque<std::vector<ingot_device_gemm>> gemms_;
  std::deque<ingot_device_launch> rests_;
  std::vector<ingot_device_entry> entries_;
  std::vector<ingot_device_image> images_;
  std::vector<std::uint64_t> state_offsets_;
  std::vector<ingot_device_mirror> mirrors_;
  ingot_device_program program_{};
};

}  // namespace ingot::codegen
