// expect: zero_pad zero_pad_1 (op 1, line 7): padding is -1, want at least 0
#include <ingot/dsl.hpp>
using namespace ingot;
using namespace ingot::literals;

#ifdef MISTAKE
constexpr auto m = model(input(8, 8, 4) | zero_pad(0, 0, 1, -1), mse);
#else
constexpr auto m = model(input(8, 8, 4) | zero_pad(0, 0, 1, 1), mse);
#endif
INGOT_SOUND(m);
