// expect: conv2d conv2d_1 (op 1, line 7): 3 groups must divide the channels of the input (8x8x4) and the 6 filters
#include <ingot/dsl.hpp>
using namespace ingot;
using namespace ingot::literals;

#ifdef MISTAKE
constexpr auto m = model(input(8, 8, 4) | conv2d(6, 3, groups(3)), mse);
#else
constexpr auto m = model(input(8, 8, 4) | conv2d(6, 3, groups(2)), mse);
#endif
INGOT_SOUND(m);
