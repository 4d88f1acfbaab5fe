// Golden decisions of Keras's EarlyStopping (3.15.1, run on these sequences), and the one deliberate difference: NaN is worst.
#include <ingot/runtime/train/early_stopping.hpp>

#include <catch2/catch.hpp>

#include <limits>
#include <vector>

using namespace ingot::runtime;

namespace {

constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();

struct Outcome {
  int stopped = -1;  // epoch, -1: never
  std::uint32_t best = 0;
  std::uint32_t restored = 0;  // epoch whose weights are kept
};

Outcome observe(const std::vector<double>& sequence, EarlyStoppingOptions options) {
  options.restore_best = true;
  EarlyStopping stopping(options);
  Outcome outcome;
  for (std::uint32_t epoch = 0; epoch < sequence.size(); ++epoch) {
    const auto decision = stopping.observe(epoch, sequence[epoch]);
    if (decision.save_best) outcome.restored = epoch;
    if (!decision.stop) continue;
    outcome.stopped = static_cast<int>(epoch);
    break;
  }
  outcome.best = stopping.state().best_epoch;
  return outcome;
}

void check(const std::vector<double>& sequence, const EarlyStoppingOptions& options, int stops, std::uint32_t best) {
  const Outcome outcome = observe(sequence, options);
  CHECK(outcome.stopped == stops);
  CHECK(outcome.best == best);
  CHECK(outcome.restored == best);
}

EarlyStoppingOptions patience(std::uint32_t epochs) {
  EarlyStoppingOptions options;
  options.patience = epochs;
  return options;
}

}  // namespace

TEST_CASE("patience", "[early_stopping]") {
  const std::vector<double> sequence = {1, .9, .8, .85, .84, .83, .82, .5};
  check(sequence, patience(3), 5, 2);
  check(sequence, patience(0), 3, 2);
  check(sequence, patience(1), 3, 2);
}

TEST_CASE("epoch 0 never stops", "[early_stopping]") { check({not_a_number, 1}, patience(0), -1, 1); }

TEST_CASE("min_delta", "[early_stopping]") {
  EarlyStoppingOptions options = patience(2);
  options.min_delta = .1;
  check({1, .95, .92, .90, .88, .86}, options, 2, 0);
  options.min_delta = -.1;  // its absolute value counts
  check({1, .95, .92, .90, .88, .86}, options, 2, 0);
  options.min_delta = .1;
  check({1, .9, .8, .7, .6, .5}, options, -1, 4);
}

TEST_CASE("start_from_epoch", "[early_stopping]") {
  EarlyStoppingOptions options = patience(2);
  options.start_from_epoch = 2;
  check({1, 2, 2, 2, 2}, options, 4, 2);
}

TEST_CASE("baseline", "[early_stopping]") {
  EarlyStoppingOptions options = patience(2);
  options.baseline = 1;
  check({5, 4, 3, 2.5, 2.4, 2.3}, options, -1, 5);
  check({5, 6, 4, 6, 6}, options, 1, 0);
}

TEST_CASE("not a number later on counts as no improvement", "[early_stopping]") {
  check({1, .9, not_a_number, not_a_number, .8}, patience(2), 3, 1);
  check({1, .9, not_a_number, .8, .9, .9}, patience(2), 5, 3);
}

TEST_CASE("a first value that is not a number is worst, not best", "[early_stopping]") {
  check({not_a_number, 5, 4, 6, 6}, patience(2), 4, 2);
  check({not_a_number, not_a_number, not_a_number, not_a_number}, patience(3), 3, 0);
}

TEST_CASE("more is better", "[early_stopping]") {
  EarlyStoppingOptions options = patience(2);
  options.maximize = true;
  check({.5, .6, .6, .7, .65, .7}, options, 5, 3);
}

TEST_CASE("without restore_best no weights are handed out", "[early_stopping]") {
  EarlyStopping stopping(patience(2));
  CHECK_FALSE(stopping.observe(0, 1).save_best);
  CHECK_FALSE(stopping.observe(1, .5).save_best);
  CHECK(stopping.state().best == .5);
}

TEST_CASE("the state carries on in another object", "[early_stopping]") {
  const std::vector<double> sequence = {1, .9, .8, .85, .84, .83, .82, .5};
  for (std::uint32_t cut = 0; cut < 5; ++cut) {
    EarlyStopping first(patience(3)), second(patience(3));
    for (std::uint32_t e = 0; e < cut; ++e) first.observe(e, sequence[e]);
    second.set_state(first.state());
    for (std::uint32_t e = cut; e < 5; ++e) CHECK_FALSE(second.observe(e, sequence[e]).stop);
    CHECK(second.observe(5, sequence[5]).stop);
  }
}

TEST_CASE("automatic direction by the metric's name", "[early_stopping]") {
  CHECK(more_is_better("accuracy"));
  CHECK(more_is_better("val_accuracy"));
  CHECK_FALSE(more_is_better("loss"));
  CHECK_FALSE(more_is_better("val_loss"));
}
