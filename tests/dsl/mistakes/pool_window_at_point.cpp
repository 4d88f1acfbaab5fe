// expect: max_pool max_pool_5 (op 11, line 7): window (2x2) is larger than its input (1x1x16) [when stages = 5]
#include <ingot/dsl.hpp>
using namespace ingot;
using namespace ingot::literals;

#ifdef MISTAKE
constexpr auto m = model(input(28, 28, 1) | conv2d(16, 3, relu) | repeat<"stages", 1, 5>([](auto) { return conv2d(16, 3, same, relu) | max_pool(2); }) | flatten | dense(10), sparse_categorical_crossentropy(from_logits));
#else
constexpr auto m = model(input(28, 28, 1) | conv2d(16, 3, relu) | repeat<"stages", 1, 4>([](auto) { return conv2d(16, 3, same, relu) | max_pool(2); }) | flatten | dense(10), sparse_categorical_crossentropy(from_logits));
#endif
INGOT_SOUND(m);
