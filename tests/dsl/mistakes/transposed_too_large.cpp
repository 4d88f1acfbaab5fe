// expect: conv2d_transpose conv2d_transpose_1 (op 1, line 7): an extent is larger than 2147483647
#include <ingot/dsl.hpp>
using namespace ingot;
using namespace ingot::literals;

#ifdef MISTAKE
constexpr auto m = model(input(8, 8, 4) | conv2d_transpose(4, 3, strides(1000000000, 1)), mse);
#else
constexpr auto m = model(input(8, 8, 4) | conv2d_transpose(4, 3, strides(10, 1)), mse);
#endif
INGOT_SOUND(m);
