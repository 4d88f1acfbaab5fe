// expect: the range 1 .. 0 of an augmentation is empty
#include <ingot/dsl.hpp>
using namespace ingot;
using namespace ingot::literals;

#ifdef MISTAKE
constexpr auto m = model(input(8, 8, 3) | flatten | dense(10), sparse_categorical_crossentropy(from_logits), sgd(0.1), augment(value_range(1, 0), random_brightness(0.1)));
#else
constexpr auto m = model(input(8, 8, 3) | flatten | dense(10), sparse_categorical_crossentropy(from_logits), sgd(0.1), augment(value_range(0, 1), random_brightness(0.1)));
#endif
INGOT_SOUND(m);
