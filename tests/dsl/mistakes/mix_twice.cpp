// expect: the recipe says mixup twice
#include <ingot/dsl.hpp>
using namespace ingot;
using namespace ingot::literals;

#ifdef MISTAKE
constexpr auto m = model(input(28, 28) | flatten | dense(10), sparse_categorical_crossentropy(from_logits), sgd(0.1), mixup(0.2), mixup(0.2));
#else
constexpr auto m = model(input(28, 28) | flatten | dense(10), sparse_categorical_crossentropy(from_logits), sgd(0.1), mixup(0.2), cutmix(1));
#endif
INGOT_SOUND(m);
