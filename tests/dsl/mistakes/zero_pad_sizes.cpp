// expect-type: zero_pad(all), (vertical, horizontal) or (top, bottom, left, right): integers or hyper-parameters
#include <ingot/dsl.hpp>
using namespace ingot;
using namespace ingot::literals;

#ifdef MISTAKE
constexpr auto m = model(input(8, 8, 4) | zero_pad(1, 2, 3), mse);
#else
constexpr auto m = model(input(8, 8, 4) | zero_pad(1, 2, 3, 4), mse);
#endif
INGOT_SOUND(m);
