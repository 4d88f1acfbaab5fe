// expect: the range 0.4 .. 0.2 of an augmentation is empty
#include <ingot/dsl.hpp>
using namespace ingot;
using namespace ingot::literals;

#ifdef MISTAKE
constexpr auto m = model(input(8, 8, 3) | flatten | dense(10), sparse_categorical_crossentropy(from_logits), sgd(0.1), augment(random_erasing(0.5, 0.4, 0.2)));
#else
constexpr auto m = model(input(8, 8, 3) | flatten | dense(10), sparse_categorical_crossentropy(from_logits), sgd(0.1), augment(random_erasing(0.5, 0.2, 0.4)));
#endif
INGOT_SOUND(m);
