// expect: conv2d conv2d_2 (op 2, line 7): window (7x7) is larger than its input (6x6x8) [when k = 7]
#include <ingot/dsl.hpp>
using namespace ingot;
using namespace ingot::literals;

#ifdef MISTAKE
constexpr auto m = model(input(8, 8, 1) | conv2d(8, 3) | conv2d(8, "k"_hp = choice(3, 5, 7)) | flatten | dense(10), sparse_categorical_crossentropy(from_logits));
#else
constexpr auto m = model(input(8, 8, 1) | conv2d(8, 3) | conv2d(8, "k"_hp = choice(3, 5)) | flatten | dense(10), sparse_categorical_crossentropy(from_logits));
#endif
INGOT_SOUND(m);
