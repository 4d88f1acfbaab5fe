// The hand-written model of fake_model.hpp as a device program, and a second one that is a product of matrices: for tests of the runtime on
// a simulated device that need no compiler.
//
// The kernels of the model run the CPU program on the device's memory, so results are equal to those of the CPU bit for bit, but for
// metrics, which are float32 on a device.
#pragma once
#include "runtime/support/fake_model.hpp"

#include <ingot_device.h>

namespace fake {

/// fake::model() with the initial point built ahead for "cuda" as well, for batches of default_batch rows. Its train entry has two
/// launches: "fake.prepare", which writes the arena, and "fake.step".
const ingot_model& device_model();

/// scores = max(0, input weights + bias): an input of 4 floats, 3 outputs, batch 4; one launch "affine.matmul" of predict, with the product
/// of a library as its alternative.
const ingot_model& affine_model();

}  // namespace fake
