// expect: upsample upsample_1 (op 1, line 7): size is 0, want at least 1
#include <ingot/dsl.hpp>
using namespace ingot;
using namespace ingot::literals;

#ifdef MISTAKE
constexpr auto m = model(input(8, 8, 4) | upsample(2, 0), mse);
#else
constexpr auto m = model(input(8, 8, 4) | upsample(2, 1), mse);
#endif
INGOT_SOUND(m);
