// One wide layer and nothing else: what `bench` of this program says about inference is the forward contraction 128 x 784 x 512.
#include <ingot/dsl.hpp>

using namespace ingot;

inline constexpr auto forward_contraction = model(input(28, 28) | flatten | dense(512).as("hidden"),
                                                  sparse_categorical_crossentropy(from_logits), sgd(0.01), batch(128), rescale(1 / 255.));

INGOT_EXPORT(forward_contraction);
