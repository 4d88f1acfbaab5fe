// expect: depthwise_conv2d depthwise_conv2d_1 (op 1, line 7): window (9x9), dilation included, is larger than its input (8x8x4)
#include <ingot/dsl.hpp>
using namespace ingot;
using namespace ingot::literals;

#ifdef MISTAKE
constexpr auto m = model(input(8, 8, 4) | depthwise_conv2d(3, dilation(4)), mse);
#else
constexpr auto m = model(input(8, 8, 4) | depthwise_conv2d(3, dilation(3)), mse);
#endif
INGOT_SOUND(m);
