// A program with its memory on a device: the state block, one arena per entry, the scalars.
//
// Canonical tensors go in and out through the program's pack and unpack functions; the layout of the block is private.
// A call allocates nothing once its entry has run before. Not thread-safe; the device must outlive the instance.
#pragma once
#include <ingot/runtime/device/device.hpp>
#include <ingot/runtime/model/program.hpp>

#include <array>
#include <optional>
#include <span>
#include <vector>

namespace ingot::runtime {

/// The rows of one call. Pointers per input and per target of the manifest; dense rows; see ingot_call.
struct Feed {
  const void* const* inputs = nullptr;
  const std::uint32_t* input_dtypes = nullptr;
  const void* const* targets = nullptr;
  const std::uint32_t* index = nullptr;  ///< null: rows 0, 1, 2, ...
  std::uint32_t rows = 0;                ///< 1 .. program batch
};

/// What changes between steps: see ingot_scalar.
struct StepNumbers {
  std::uint64_t step = 1;  ///< number of this call of train, from 1
  std::uint64_t seed = 0;
  double rate = 0;
  std::uint64_t skipped = 0;  ///< updates that loss scaling skipped before this call; Instance::run knows it itself
};

/// Calls of train that end in one update, as the recipe says at this point; 1 or more.
[[nodiscard]] std::uint32_t calls_per_update(const Point& point);

/// Fills one double per scalar of `program`: hyper-parameters, rate, step, halves of the seed, powers base^step.
void fill_scalars(const ingot_program& program, const Point& point, const StepNumbers& numbers, std::span<double> scalars);

class Instance {
 public:
  Instance(const Point& point, Program program, Device& device);

  [[nodiscard]] const Program& program() const noexcept { return program_; }
  [[nodiscard]] const Point& point() const noexcept { return point_; }
  [[nodiscard]] Device& device() const noexcept { return *device_; }
  /// Non-structural values may change between steps.
  void set_point(const Point& point) { point_ = point; }

  /// Every state tensor to its declared initial value. Values depend on (seed, index of the tensor, element) only, so f32 and f64
  /// programs of one point start from the same numbers.
  void initialize(std::uint64_t seed);

  [[nodiscard]] std::span<const ingot_state> states() const noexcept { return {program_->states, program_->n_states}; }
  [[nodiscard]] std::optional<std::uint32_t> find_state(std::string_view name) const;
  /// Canonical tensor i, in the program's dtype, `elements` long.
  void get(std::uint32_t i, void* canonical) const;
  void set(std::uint32_t i, const void* canonical);
  /// As doubles, whatever the dtype.
  [[nodiscard]] std::vector<double> get_doubles(std::uint32_t i) const;
  void set_doubles(std::uint32_t i, std::span<const double> values);

  /// The raw state block, for snapshots within one process: `state_bytes` long.
  void save_block(std::span<std::byte> block) const;
  void load_block(std::span<const std::byte> block);

  /// Runs an entry and writes its metrics, in the order of entry.metrics. `outputs`: predict, gradient, and evaluate where the entry
  /// has results; null: nobody wants those of evaluate.
  /// `kind` must be an entry of the program.
  std::span<const double> run(ingot_entry_kind kind, const Feed& feed, const StepNumbers& numbers, void* const* outputs = nullptr);

  /// Updates that were skipped so far, because gradients overflowed: part of the state, 0 where the program does not scale the loss.
  [[nodiscard]] std::uint64_t skipped_updates() const;

  /// Index of a metric of an entry, if it has it.
  [[nodiscard]] std::optional<std::uint32_t> find_metric(ingot_entry_kind kind, std::string_view name) const;

 private:
  void* const* unread_outputs(const ingot_entry& entry);

  Point point_;
  Program program_;
  Device* device_;
  std::optional<std::uint32_t> skipped_state_;
  DeviceMemory state_;
  std::array<DeviceMemory, 4> arenas_;
  std::vector<double> scalars_, metrics_;
  std::vector<DeviceMemory> unread_;  ///< where outputs of evaluate go that nobody wants
  std::vector<void*> unread_pointers_;
};

/// False when a parameter or slot holds a NaN or an infinity; `where` receives its name.
[[nodiscard]] bool all_finite(const Instance& instance, std::string* where = nullptr);

}  // namespace ingot::runtime
