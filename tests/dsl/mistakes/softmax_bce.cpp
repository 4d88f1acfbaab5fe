// expect: dense dense_1 (op 2, line 7): binary_crossentropy does not fit the last activation, softmax
#include <ingot/dsl.hpp>
using namespace ingot;
using namespace ingot::literals;

#ifdef MISTAKE
constexpr auto m = model(input(28, 28) | flatten | dense(10, softmax), binary_crossentropy);
#else
constexpr auto m = model(input(28, 28) | flatten | dense(10, sigmoid), binary_crossentropy);
#endif
INGOT_SOUND(m);
