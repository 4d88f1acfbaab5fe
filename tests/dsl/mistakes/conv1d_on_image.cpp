// expect: conv1d conv1d_1 (op 1, line 7): wants steps x channels, gets (8x8x4)
#include <ingot/dsl.hpp>
using namespace ingot;
using namespace ingot::literals;

#ifdef MISTAKE
constexpr auto m = model(input(8, 8, 4) | conv1d(4, 3), mse);
#else
constexpr auto m = model(input(8, 8, 4) | reshape(64, 4) | conv1d(4, 3), mse);
#endif
INGOT_SOUND(m);
