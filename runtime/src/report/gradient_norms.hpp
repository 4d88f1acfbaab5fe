// The size of the gradient while a model trains: measured on one batch, with a program of its own, so that training stays as it is.
#pragma once
#include "train/gradient_run.hpp"

#include <ingot/runtime/train/trainer.hpp>

namespace ingot::runtime {

class GradientProbe {
 public:
  /// The gradient of the loss over the first `rows` rows of `data`, at the point and on the device of `watched`, which must outlive it.
  GradientProbe(ProgramSource& source, Instance& watched, const Dataset& data, std::uint32_t rows, std::uint64_t seed);

  /// At the present weights of the watched instance: the norm for each of the named tensors; NaN for one that has no gradient.
  [[nodiscard]] std::vector<double> norms(const std::vector<std::string>& tensors);

 private:
  Instance* watched_;
  GradientRun run_;
};

}  // namespace ingot::runtime
