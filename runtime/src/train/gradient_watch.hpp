// gradcheck_every(n) of a recipe: the gradient check during training, on the batch and weights of the moment.
#pragma once
#include <ingot/runtime/data/batch_source.hpp>
#include <ingot/runtime/train/gradcheck.hpp>

namespace ingot::runtime {

class GradientWatch {
 public:
  /// Checks after every `updates` updates of `calls` calls of train each; 0: never. `seed` is that of the run. What is passed by reference
  /// must outlive the watch.
  GradientWatch(ProgramSource& source, const Dataset& data, std::uint32_t updates, std::uint32_t calls, std::uint64_t seed,
                const std::atomic<bool>* stop)
      : source_(&source), data_(&data), every_(std::uint64_t{updates} * calls), seed_(seed), stop_(stop) {}

  /// Behind call `step` of train.
  [[nodiscard]] bool due(std::uint64_t step) const { return every_ > 0 && step % every_ == 0; }
  /// The fast mode on the first rows of `batch`, 16 at most: more have more kinks and show no more. `instance` stays as it is.
  [[nodiscard]] GradcheckResult check(const Instance& instance, const Batch& batch, std::uint64_t step) const;

 private:
  ProgramSource* source_;
  const Dataset* data_;  // its tables have the shapes of a batch
  std::uint64_t every_, seed_;
  const std::atomic<bool>* stop_;
};

}  // namespace ingot::runtime
