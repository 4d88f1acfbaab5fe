// expect-type: conv2d_transpose(filters, kernel, options...): an option does not apply to a conv2d_transpose layer
#include <ingot/dsl.hpp>
using namespace ingot;
using namespace ingot::literals;

#ifdef MISTAKE
constexpr auto m = model(input(8, 8, 4) | conv2d_transpose(4, 3, dilation(2)), mse);
#else
constexpr auto m = model(input(8, 8, 4) | conv2d_transpose(4, 3, strides(2)), mse);
#endif
INGOT_SOUND(m);
