// expect: max_pool max_pool_1 (op 1, line 7): window is (2x2) with strides (0x0), want at least 1 [when s = 0]
#include <ingot/dsl.hpp>
using namespace ingot;
using namespace ingot::literals;

#ifdef MISTAKE
constexpr auto m = model(input(8, 8, 1) | max_pool(2, strides("s"_hp = range(0, 2))) | flatten | dense(10), sparse_categorical_crossentropy(from_logits));
#else
constexpr auto m = model(input(8, 8, 1) | max_pool(2, strides("s"_hp = range(1, 2))) | flatten | dense(10), sparse_categorical_crossentropy(from_logits));
#endif
INGOT_SOUND(m);
