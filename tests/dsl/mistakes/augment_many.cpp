// expect: 13 augmentations, at most 12 are possible
#include <ingot/dsl.hpp>
using namespace ingot;
using namespace ingot::literals;

#ifdef MISTAKE
constexpr auto m = model(input(28, 28) | flatten | dense(10), sparse_categorical_crossentropy(from_logits), sgd(0.1), augment(random_flip(), random_flip(), random_flip(), random_flip(), random_flip(), random_flip(), random_flip(), random_flip(), random_flip(), random_flip(), random_flip(), random_flip(), random_flip()));
#else
constexpr auto m = model(input(28, 28) | flatten | dense(10), sparse_categorical_crossentropy(from_logits), sgd(0.1), augment(random_flip(), random_flip(), random_flip(), random_flip(), random_flip(), random_flip(), random_flip(), random_flip(), random_flip(), random_flip(), random_flip(), random_flip()));
#endif
INGOT_SOUND(m);
