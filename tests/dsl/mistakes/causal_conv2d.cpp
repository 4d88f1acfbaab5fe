// expect-type: conv2d(filters, kernel, options...): an option does not apply to a conv2d layer
#include <ingot/dsl.hpp>
using namespace ingot;
using namespace ingot::literals;

#ifdef MISTAKE
constexpr auto m = model(input(8, 8, 4) | conv2d(4, 3, causal), mse);
#else
constexpr auto m = model(input(8, 8, 4) | conv2d(4, 3, same), mse);
#endif
INGOT_SOUND(m);
