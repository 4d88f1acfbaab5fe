// What the samples about single techniques share: variants of models are trained on the same data from the same seeds, and a table says
// how they end and differ.
//
// usage: compare_NAME [--data DIR] [--seeds N] [--out DIR] [--json]
// The table goes to stdout (with --json one object), progress to stderr, the curves of the first seed to DIR/curves.svg
// (out/samples/NAME).
#pragma once
#include <ingot_abi.h>

#include <cstdint>
#include <string>
#include <vector>

namespace comparison {

/// One way to train: a model at a point of its space. The first of a comparison is what the others are compared with.
struct Variant {
  std::string name;
  const ingot_model* model = nullptr;
  std::vector<std::string> settings{};  ///< hyper-parameters, "rate=0.5"
};

struct Comparison {
  std::string name;                 ///< of the sample
  std::string text;                 ///< what is compared, for the head of the table
  std::uint64_t training_rows = 0;  ///< the first of the training part; 0: all. The validation part is the recipe's, of the whole file
  std::vector<Variant> variants;
  std::uint64_t seeds = 3;  ///< unless --seeds says another number
  bool timed = false;       ///< whether the table has the seconds of the training steps
};

/// Trains every variant with seeds 1 .. N as its recipe says, and prints. Returns the exit code.
int run(int argc, char** argv, const Comparison& comparison);

}  // namespace comparison
