// What the conformance suite runs on every device: bytes or floats in, a mask that depends on the step, statistics that move, and figures
// that are measured on outputs.
#pragma once
#include <ingot/dsl.hpp>

inline constexpr auto conformance = ingot::model(ingot::input(12) | ingot::dense(16, ingot::tanh_act).as("hidden") | ingot::dropout(0.3) |
                                                     ingot::batch_norm.as("norm") | ingot::dense(1).as("logits"),
                                                 ingot::binary_crossentropy(ingot::from_logits), ingot::adam(0.01),
                                                 ingot::metrics(ingot::auc), ingot::batch(8), ingot::epochs(3), ingot::rescale(1 / 255.));
