// expect: conv2d conv2d_1 (op 1, line 7): dilation is (0x0), want at least 1 [when d = 0]
#include <ingot/dsl.hpp>
using namespace ingot;
using namespace ingot::literals;

#ifdef MISTAKE
constexpr auto m = model(input(8, 8, 4) | conv2d(6, 3, dilation("d"_hp = range(0, 2))), mse);
#else
constexpr auto m = model(input(8, 8, 4) | conv2d(6, 3, dilation("d"_hp = range(1, 2))), mse);
#endif
INGOT_SOUND(m);
