// expect-type: depthwise_conv2d(kernel, options...): an option does not apply to a depthwise_conv2d layer
#include <ingot/dsl.hpp>
using namespace ingot;
using namespace ingot::literals;

#ifdef MISTAKE
constexpr auto m = model(input(8, 8, 4) | depthwise_conv2d(3, groups(2)), mse);
#else
constexpr auto m = model(input(8, 8, 4) | depthwise_conv2d(3, multiplier(2)), mse);
#endif
INGOT_SOUND(m);
