// expect: padding of random_crop is 1.5, want a whole padding of random_crop >= 0
#include <ingot/dsl.hpp>
using namespace ingot;
using namespace ingot::literals;

#ifdef MISTAKE
constexpr auto m = model(input(8, 8, 3) | flatten | dense(10), sparse_categorical_crossentropy(from_logits), sgd(0.1), augment(random_crop(1.5)));
#else
constexpr auto m = model(input(8, 8, 3) | flatten | dense(10), sparse_categorical_crossentropy(from_logits), sgd(0.1), augment(random_crop(2)));
#endif
INGOT_SOUND(m);
