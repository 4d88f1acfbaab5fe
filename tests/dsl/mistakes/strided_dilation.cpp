// expect: conv2d conv2d_1 (op 1, line 7): strides (1x2) and dilation (3x1) do not go together: leave one of them at 1
#include <ingot/dsl.hpp>
using namespace ingot;
using namespace ingot::literals;

#ifdef MISTAKE
constexpr auto m = model(input(8, 8, 4) | conv2d(6, 3, strides(1, 2), dilation(3, 1)), mse);
#else
constexpr auto m = model(input(8, 8, 4) | conv2d(6, 3, strides(1, 2), dilation(1)), mse);
#endif
INGOT_SOUND(m);
