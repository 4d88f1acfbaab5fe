// expect: augment and cutmix want images, height x width or height x width x channels, the input is (784)
#include <ingot/dsl.hpp>
using namespace ingot;
using namespace ingot::literals;

#ifdef MISTAKE
constexpr auto m = model(input(784) | dense(10), sparse_categorical_crossentropy(from_logits), sgd(0.1), augment(random_flip()));
#else
constexpr auto m = model(input(784) | dense(10), sparse_categorical_crossentropy(from_logits), sgd(0.1), mixup(0.2));
#endif
INGOT_SOUND(m);
