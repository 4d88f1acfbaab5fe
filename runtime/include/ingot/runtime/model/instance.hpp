// A program at a point on a device: an executable, and the numbers that change between its calls.
//
// Canonical tensors go in and out; how the state lies on the device is private.
// A call allocates nothing once its entry has run before. Not thread-safe; the device must outlive the instance.
#pragma once
#include <ingot/runtime/device/device.hpp>
#include <ingot/runtime/model/kernel_profile.hpp>
#include <ingot/runtime/model/program.hpp>

#include <memory>
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
  std::optional<double> momentum{};  ///< of a schedule that moves it; none: its highest
  std::uint64_t skipped = 0;         ///< updates that loss scaling skipped before this call; Instance::run knows it itself
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
  void save_block(std::span<std::byte> block) const { executable_->save_state(block); }
  void load_block(std::span<const std::byte> block) { executable_->load_state(block); }

  /// See Executable::keep.
  [[nodiscard]] std::shared_ptr<void> keep(const Dataset& data) { return executable_->keep(data); }

  /// Runs an entry and writes its metrics, in the order of entry.metrics. `outputs`: predict, gradient, and evaluate where the entry
  /// has results; null: nobody wants those of evaluate.
  /// `kind` must be an entry of the program.
  std::span<const double> run(ingot_entry_kind kind, const Feed& feed, const StepNumbers& numbers, void* const* outputs = nullptr);

  /// Where the steps of entry `kind` are recorded from now on, when the program is a profiled one; null: nowhere. It must outlive its use.
  void set_profile(ingot_entry_kind kind, KernelProfile* profile) {
    profiled_ = kind;
    profile_ = profile;
  }
  /// As run, without outputs, in two halves: `finish` gives the metrics of the oldest call that was started. At most steps_ahead() started
  /// calls, all of one kind, may be unfinished when the next one starts; what `feed` points at may change as soon as `start` has returned.
  void start(ingot_entry_kind kind, const Feed& feed, const StepNumbers& numbers);
  std::span<const double> finish();
  [[nodiscard]] std::uint32_t steps_ahead() const noexcept { return steps_ahead_; }
  /// Updates that were skipped so far, because gradients overflowed: part of the state, 0 where the program does not scale the loss.
  [[nodiscard]] std::uint64_t skipped_updates() const;

  /// Index of a metric of an entry, if it has it.
  [[nodiscard]] std::optional<std::uint32_t> find_metric(ingot_entry_kind kind, std::string_view name) const;

 private:
  ingot_call call_for(const Feed& feed, const StepNumbers& numbers);
  const ingot_entry& entry(ingot_entry_kind kind) const;

  Point point_;
  Program program_;
  Device* device_;
  std::unique_ptr<Executable> executable_;
  std::optional<std::uint32_t> skipped_state_;
  std::uint32_t steps_ahead_, started_metrics_ = 0;
  std::vector<double> scalars_, metrics_;
  ingot_entry_kind profiled_ = INGOT_TRAIN;
  KernelProfile* profile_ = nullptr;
};

/// False when a parameter or slot holds a NaN or an infinity; `where` receives its name. Where the loss is scaled, gradients that are being
/// gathered do not count.
[[nodiscard]] bool all_finite(const Instance& instance, std::string* where = nullptr);

}  // namespace ingot::runtime
