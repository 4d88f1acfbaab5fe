// What the conformance suite runs on every device: bytes or floats in, a mask that depends on the step, statistics that move, and figures
// that are measured on outputs.
#include <ingot/dsl.hpp>

using namespace ingot;

inline constexpr auto conformance =
    model(input(12) | dense(16, tanh_act).as("hidden") | dropout(0.3) | batch_norm.as("norm") | dense(1).as("logits"),
          binary_crossentropy(from_logits), adam(0.01), metrics(auc), batch(8), epochs(3), rescale(1 / 255.));

INGOT_EXPORT(conformance);
