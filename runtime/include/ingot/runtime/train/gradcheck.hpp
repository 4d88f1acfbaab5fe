// Gradient checking: the float64 gradients of a program against central differences of its loss, and the float32 gradients of the
// shipped program against the float64 ones.
//
// Numeric derivative: central differences (f(x+h) - f(x-h)) / 2h on h and h/2, h = 1e-3 .. 1e-6 times max(1, |x|), extrapolated. Where
// the two disagree a kink (relu, max, |x|) lies between, and a smaller h is tried; a coordinate at a kink on every scale is skipped and
// counted. A deep network has kinks everywhere, most of them slight; a tensor fails when more than 10 % of its coordinates, and more than
// two, lie at kinks and differ by more than 1e-4 there.
// Per tensor ||a-n|| / (||a|| + ||n||) over the sampled coordinates, 0 when both vanish, without what the rounding of the loss
// explains; plus one random direction over all entries. The fast mode takes random directions only, at a cost that does not grow with
// the tensor, and samples coordinates where one of them fails. Step and seed stay fixed, so dropout keeps its mask; loss and gradients
// are evaluated twice and must give the same bits.
// float32 and float64 may stand on different sides of a kink: a pre-activation near 0 has another sign. So where they differ, the
// float64 gradient is taken at nearby weights as well, off by what float32 rounds; a difference that it shows itself is no error.
#pragma once
#include <ingot/runtime/data/dataset.hpp>
#include <ingot/runtime/model/instance.hpp>

#include <atomic>
#include <filesystem>
#include <string>
#include <vector>

namespace ingot::runtime {

struct GradcheckOptions {
  std::uint32_t coordinates = 24;  ///< sampled per tensor: first, last, largest |a|, smallest |a|, random ones
  bool fast = false;               ///< random directions instead of coordinates
  double tolerance = 1e-6;
  double max_skipped = 0.1;           ///< share of sampled coordinates that may lie at a kink; two always may
  std::uint64_t seed = 0;             ///< of weights, sampling and dropout
  std::uint32_t burn_in_steps = 0;    ///< float32 training steps before the check, so that no path is idle
  std::vector<std::uint32_t> rows{};  ///< numbers of the rows to check on; empty: the first ones
  std::filesystem::path weights{};    ///< safetensors to check at; "": initial weights
  const std::atomic<bool>* stop = nullptr;
};

struct TensorCheck {
  std::string name;  ///< "hidden.kernel", "input"
  std::uint64_t elements = 0;
  std::uint32_t checked = 0, skipped = 0;  ///< coordinates without and with a kink; fast mode: 0 unless a direction failed
  std::uint32_t rough = 0;                 ///< of the skipped: those that agree to 1e-4 all the same, or are numbers of tokens
  double relative_error = 0;               ///< of the sampled coordinates, in norms
  std::uint32_t directions = 0;            ///< checked; 0: all that were tried cross kinks on every scale
  double direction_error = 0;              ///< the worst of them
  double worst_error = 0;                  ///< |a-n| of the worst coordinate
  std::uint64_t worst_index = 0;
  std::string worst_position;  ///< the same as "[12, 3]"
  double worst_analytic = 0, worst_numeric = 0;
  double f32_error = 0;          ///< ||g32-g64|| / (||g32|| + ||g64||); 0 where both are rounding alone
  double f32_tolerance = 0;      ///< tolerance(f32, longest reduction)
  double f32_kink = 0;           ///< how much the float64 gradient itself changes nearby; 0 where that was not asked
  bool f32_beyond_kink = false;  ///< float32 differs by more than the tolerance, and a kink explains it
  bool passed = false;
  bool unclear = false;  ///< not passed, for nothing but kinks: neither right nor wrong
  std::string verdict;   ///< "ok", or why not
};

struct GradcheckResult {
  bool passed = false;
  bool interrupted = false;
  double loss = 0;                  ///< of the float64 program
  double worst_relative_error = 0;  ///< of coordinates and directions
  std::string problem;              ///< what made the whole check void: "the loss differs between two equal evaluations"
  std::vector<TensorCheck> tensors;
  std::vector<std::string> notes;  ///< what was seen that is no error, one sentence each
};

/// Allowed relative error of a gradient in `dtype` whose longest sum has `length` terms: rounding errors of a sum grow as the
/// root of its length for random signs; a factor of safety covers the chain of layers.
[[nodiscard]] double gradient_tolerance(std::uint32_t dtype, std::uint64_t length);

/// Checks the point on options.rows, or the first min(batch, data.rows()) rows (2-16 are plenty; inputs as stored, u8 or f32). Programs
/// come from `source`: float64 and float32, with their gradient entries, for that many rows or more. Throws UserError when a program
/// cannot be had, or a row does not exist.
[[nodiscard]] GradcheckResult gradcheck(ProgramSource& source, const Point& point, Device& device, const Dataset& data, std::uint32_t batch,
                                        const GradcheckOptions& options = {});

/// Checks at the weights of `at`, on all of `rows`, with the random numbers of training step `step`; burn_in_steps, rows and weights of the
/// options are not read. `at` stays as it is.
[[nodiscard]] GradcheckResult gradcheck_at(ProgramSource& source, const Instance& at, const Dataset& rows, std::uint64_t step,
                                           const GradcheckOptions& options = {});

/// Some gradient is wrong, or the check void: more than that some lie at kinks.
[[nodiscard]] bool wrong(const GradcheckResult& result);
/// The tensors that failed, or what made the check void, in one sentence; empty: it passed.
[[nodiscard]] std::string failure(const GradcheckResult& result);

}  // namespace ingot::runtime
