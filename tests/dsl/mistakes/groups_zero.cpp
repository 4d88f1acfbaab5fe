// expect: conv1d conv1d_1 (op 1, line 7): groups is 0, want at least 1
#include <ingot/dsl.hpp>
using namespace ingot;
using namespace ingot::literals;

#ifdef MISTAKE
constexpr auto m = model(input(8, 4) | conv1d(4, 3, groups(0)), mse);
#else
constexpr auto m = model(input(8, 4) | conv1d(4, 3, groups(4)), mse);
#endif
INGOT_SOUND(m);
