// Checks beside those of gradients, of a recipe on real rows: what a network knows before it is trained, whether it can learn a few rows by
// heart, and how large its steps are.
//
// Source: CS231n, Neural Networks Part 3, sanity checks. The loss before training is that of guessing, ln C for C classes; 20 rows can be
// learned to a loss near 0, if penalties are off; |update| / |weight| of each tensor lies near 1e-3.
#pragma once
#include <ingot/runtime/data/dataset.hpp>
#include <ingot/runtime/device/device.hpp>
#include <ingot/runtime/model/program.hpp>

#include <atomic>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace ingot::runtime {

struct SanityOptions {
  std::uint32_t rows = 20;    ///< the first ones, to learn by heart
  std::uint32_t steps = 500;  ///< at the most
  std::uint64_t seed = 0;
  const std::atomic<bool>* stop = nullptr;
};

struct SanityResult {
  /// Loss of guessing: ln C of a cross-entropy over C classes, ln 2 of a binary one; none: another loss, several outputs, weights of rows.
  std::optional<double> guessing;
  double zero_loss = 0;                  ///< with parameters of 0, where every class is as likely: guessing, and what penalties add
  double first_loss = 0, last_loss = 0;  ///< of the rows, as for inference, before and after the steps
  std::uint32_t steps = 0;
  struct Update {
    std::string name;
    double ratio = 0;  ///< |update| / |weight| of one step early on; 0 where the weights are 0
  };
  std::vector<Update> updates;
  std::vector<std::string> problems;  ///< one sentence each; empty: passed
  bool interrupted = false;
};

/// A check of `data`'s first rows with the recipe's optimizer and rate at `point`. Throws UserError as a training does.
[[nodiscard]] SanityResult check_sanity(ProgramSource& source, const Point& point, Device& device, const Dataset& data,
                                        const SanityOptions& options = {});

}  // namespace ingot::runtime
