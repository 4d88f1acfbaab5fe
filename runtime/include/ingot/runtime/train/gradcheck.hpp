// Gradient checking: the float64 gradients of a program against central differences of its loss, and the float32 gradients of the
// shipped program against the float64 ones. The float64 program of a recipe in mixed precision has no casts; the shipped one has.
//
// Numeric derivative: central differences (f(x+h) - f(x-h)) / 2h on h and h/2, h = 1e-3 .. 1e-6 times max(1, |x|), extrapolated. Where
// the two disagree a kink (relu, max, |x|) lies between, and a smaller h is tried; a coordinate at a kink on every scale is skipped and
// counted, and a tensor with more than 10 % skipped, and more than two, fails.
// Per tensor ||a-n|| / (||a|| + ||n||) over the sampled coordinates, 0 when both vanish, without what the rounding of the loss
// explains; plus one random direction over all entries. Step and seed stay fixed, so dropout keeps its mask; loss and gradients are
// evaluated twice and must give the same bits.
#pragma once
#include <ingot/runtime/data/dataset.hpp>
#include <ingot/runtime/model/instance.hpp>

#include <atomic>
#include <string>
#include <vector>

namespace ingot::runtime {

struct GradcheckOptions {
  std::uint32_t coordinates = 24;  ///< sampled per tensor: first, last, largest |a|, smallest |a|, random ones
  double tolerance = 1e-6;
  double max_skipped = 0.1;         ///< share of sampled coordinates that may lie at a kink; two always may
  std::uint64_t seed = 0;           ///< of weights, sampling and dropout
  std::uint32_t burn_in_steps = 0;  ///< float32 training steps before the check, so that no path is idle
  const std::atomic<bool>* stop = nullptr;
};

struct TensorCheck {
  std::string name;  ///< "hidden.kernel", "input"
  std::uint64_t elements = 0;
  std::uint32_t checked = 0, skipped = 0;
  double relative_error = 0;       ///< of the sampled coordinates, in norms
  double direction_error = 0;      ///< of the random direction
  bool direction_skipped = false;  ///< a kink on both scales
  double worst_error = 0;          ///< |a-n| of the worst coordinate
  std::uint64_t worst_index = 0;
  double worst_analytic = 0, worst_numeric = 0;
  double f32_error = 0;      ///< ||g32-g64|| / (||g32|| + ||g64||); 0 where both are rounding alone
  double f32_tolerance = 0;  ///< tolerance(f32, longest reduction); 2e-2 where the recipe has mixed precision
  bool passed = false;
  std::string verdict;  ///< "ok", or why not
};

struct GradcheckResult {
  bool passed = false;
  bool interrupted = false;
  double worst_relative_error = 0;
  std::string problem;  ///< what made the whole check void: "the loss differs between two equal evaluations"
  std::vector<TensorCheck> tensors;
};

/// Allowed relative error of a gradient in `dtype` whose longest sum has `length` terms: rounding errors of a sum grow as the
/// root of its length for random signs; a factor of safety covers the chain of layers.
[[nodiscard]] double gradient_tolerance(std::uint32_t dtype, std::uint64_t length);

/// Checks the point on the first min(batch, data.rows()) rows (2-16 are plenty; inputs as stored, u8 or f32). Programs come from `source`:
/// float64 and float32, with their gradient entries, for `batch` rows or more. Throws UserError when a program cannot be had.
[[nodiscard]] GradcheckResult gradcheck(ProgramSource& source, const Point& point, Device& device, const Dataset& data, std::uint32_t batch,
                                        const GradcheckOptions& options = {});

}  // namespace ingot::runtime
