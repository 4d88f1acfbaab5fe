// expect: random_zoom shows 1 + factor of the image, a factor of -1 leaves nothing; stay above -1
#include <ingot/dsl.hpp>
using namespace ingot;
using namespace ingot::literals;

#ifdef MISTAKE
constexpr auto m = model(input(8, 8, 3) | flatten | dense(10), sparse_categorical_crossentropy(from_logits), sgd(0.1), augment(random_zoom(1)));
#else
constexpr auto m = model(input(8, 8, 3) | flatten | dense(10), sparse_categorical_crossentropy(from_logits), sgd(0.1), augment(random_zoom(between(-0.9, 1))));
#endif
INGOT_SOUND(m);
