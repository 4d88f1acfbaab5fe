// expect: random_hue and random_saturation want images of three channels, the input is (28x28)
#include <ingot/dsl.hpp>
using namespace ingot;
using namespace ingot::literals;

#ifdef MISTAKE
constexpr auto m = model(input(28, 28) | flatten | dense(10), sparse_categorical_crossentropy(from_logits), sgd(0.1), augment(random_hue(0.1)));
#else
constexpr auto m = model(input(28, 28) | flatten | dense(10), sparse_categorical_crossentropy(from_logits), sgd(0.1), augment(random_contrast(0.1)));
#endif
INGOT_SOUND(m);
