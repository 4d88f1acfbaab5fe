// expect: conv2d conv2d_1 (op 2, line 7): wants height x width x channels, gets (784)
#include <ingot/dsl.hpp>
using namespace ingot;
using namespace ingot::literals;

#ifdef MISTAKE
constexpr auto m = model(input(28, 28) | flatten | conv2d(8, 3) | flatten | dense(10), sparse_categorical_crossentropy(from_logits));
#else
constexpr auto m = model(input(28, 28) | reshape(28, 28, 1) | conv2d(8, 3) | flatten | dense(10), sparse_categorical_crossentropy(from_logits));
#endif
INGOT_SOUND(m);
