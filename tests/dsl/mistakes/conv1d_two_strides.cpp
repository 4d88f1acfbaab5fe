// expect-type: conv1d(filters, kernel, options...): an option does not apply to a conv1d layer
#include <ingot/dsl.hpp>
using namespace ingot;
using namespace ingot::literals;

#ifdef MISTAKE
constexpr auto m = model(input(8, 4) | conv1d(4, 3, strides(1, 2)), mse);
#else
constexpr auto m = model(input(8, 4) | conv1d(4, 3, strides(2)), mse);
#endif
INGOT_SOUND(m);
