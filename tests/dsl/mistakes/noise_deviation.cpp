// expect: gaussian_noise gaussian_noise_1 (op 1, line 7): deviation is -1, want deviation >= 0
#include <ingot/dsl.hpp>
using namespace ingot;
using namespace ingot::literals;

#ifdef MISTAKE
constexpr auto m = model(input(8, 8, 4) | gaussian_noise(-1), mse);
#else
constexpr auto m = model(input(8, 8, 4) | gaussian_noise(1), mse);
#endif
INGOT_SOUND(m);
