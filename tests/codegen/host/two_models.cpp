// A source that exports several models.
#include <ingot/dsl.hpp>

using namespace ingot;
using namespace ingot::literals;

inline constexpr auto small =
    model(input(4) | dense(3, relu).as("hidden") | dense(2).as("logits"), sparse_categorical_crossentropy(from_logits), sgd(0.1), batch(4));
inline constexpr auto image = model(input(8, 8, 1) | conv2d(4, 3, same).as("stem") | flatten | dense(2).as("logits"),
                                    sparse_categorical_crossentropy(from_logits), sgd(0.1), batch(4));

INGOT_EXPORT(small);
INGOT_EXPORT(image);
