// expect: cache stands behind augment, so every epoch would see the same augmented rows; put cache before augment
#include <ingot/dsl.hpp>
using namespace ingot;
using namespace ingot::literals;

#ifdef MISTAKE
constexpr auto m = model(input(28, 28) | flatten | dense(10), sparse_categorical_crossentropy(from_logits), sgd(0.1), augment(random_flip()), cache(file));
#else
constexpr auto m = model(input(28, 28) | flatten | dense(10), sparse_categorical_crossentropy(from_logits), sgd(0.1), cache(file), augment(random_flip()));
#endif
INGOT_SOUND(m);
