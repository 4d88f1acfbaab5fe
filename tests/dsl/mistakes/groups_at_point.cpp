// expect: conv2d conv2d_1 (op 1, line 7): 2 groups must divide the channels of the input (8x8x4) and the 5 filters [when f = 5]
#include <ingot/dsl.hpp>
using namespace ingot;
using namespace ingot::literals;

#ifdef MISTAKE
constexpr auto m = model(input(8, 8, 4) | conv2d("f"_hp = range(4, 6), 3, groups(2)), mse);
#else
constexpr auto m = model(input(8, 8, 4) | conv2d("f"_hp = range(4, 6, 2), 3, groups(2)), mse);
#endif
INGOT_SOUND(m);
