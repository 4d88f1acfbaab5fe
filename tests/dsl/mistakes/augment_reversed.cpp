// expect: the range 0.2 .. 0.1 of an augmentation is empty
#include <ingot/dsl.hpp>
using namespace ingot;
using namespace ingot::literals;

#ifdef MISTAKE
constexpr auto m = model(input(28, 28) | flatten | dense(10), sparse_categorical_crossentropy(from_logits), sgd(0.1), augment(random_rotation(between(0.2, 0.1))));
#else
constexpr auto m = model(input(28, 28) | flatten | dense(10), sparse_categorical_crossentropy(from_logits), sgd(0.1), augment(random_rotation(between(0.1, 0.2))));
#endif
INGOT_SOUND(m);
