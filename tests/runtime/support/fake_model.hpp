// A hand-written model behind the C ABI, for tests of the runtime that need no compiler: 6 bytes in, one hidden layer, 3 classes.
//
// u8 or float rows [6] -> (x - input.mean) * input.scale -> dense(units, act) "hidden" -> dropout(rate when drop) -> dense(3) "logits" ->
// sparse cross-entropy from logits, Adam (Keras's form). Its state block is private (kernels transposed and padded), its work is cut in
// fixed groups, so results do not depend on the number of threads.
//   hyper-parameters: units 2..8 step 2 (structural, 4), learning_rate of 0.1 0.01 0.001 (0.01), act of tanh relu (structural, tanh),
//                     drop (false), rate 0.1..0.5 (0.25; only with drop)
//   recipe: batch 8, 5 epochs, random search for val_accuracy
//   built ahead: the initial point, batch 8, f32 and f64, for x86-64-v3 and x86-64-v4 (the same code)
#pragma once
#include <ingot_abi.h>

#include <atomic>
#include <cstdint>
#include <vector>

namespace fake {

inline constexpr std::uint32_t inputs = 6, classes = 3, max_batch = 32, default_batch = 8;
inline constexpr int relu_act = 1, tanh_act = 7;  // as the declaration language numbers activations

const ingot_model& model();
/// The same with recipe.standardize: the runtime measures input.mean and input.scale.
const ingot_model& standardized_model();
/// Any point of the space, as a code generator would make it; null when the space has no such point. `batch` <= max_batch.
const ingot_program* program(int units, int act, std::uint32_t batch, std::uint32_t dtype);

/// While true, gradient entries return a wrong gradient for logits.bias (its last element is zero).
extern std::atomic<bool> break_gradient;
/// While true, float32 gradient entries return one for hidden.bias that is too large by 1 %.
extern std::atomic<bool> break_float32;
/// While true, the loss of the f64 gradient entry changes between equal calls.
extern std::atomic<bool> break_determinism;

/// Rows that a small network learns to about 90 %: class by two sums of pixels, 5 % of the labels random.
struct Data {
  std::vector<std::uint8_t> pixels;  // [rows, 6]
  std::vector<std::int32_t> labels;
};
Data data(std::uint32_t rows, std::uint32_t seed);

}  // namespace fake
