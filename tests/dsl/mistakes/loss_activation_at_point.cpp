// expect: dense dense_1 (op 2, line 7): sparse_categorical_crossentropy does not fit the last activation, relu [when a = relu]
#include <ingot/dsl.hpp>
using namespace ingot;
using namespace ingot::literals;

#ifdef MISTAKE
constexpr auto m = model(input(28, 28) | flatten | dense(10, "a"_hp = choice(softmax, relu)), sparse_categorical_crossentropy);
#else
constexpr auto m = model(input(28, 28) | flatten | dense(10, "a"_hp = choice(softmax, softmax)), sparse_categorical_crossentropy);
#endif
INGOT_SOUND(m);
