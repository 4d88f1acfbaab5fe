// expect: global_max_pool global_max_pool_1 (op 2): wants height x width x channels, gets (256)
#include <ingot/dsl.hpp>
using namespace ingot;
using namespace ingot::literals;

#ifdef MISTAKE
constexpr auto m = model(input(8, 8, 4) | flatten | global_max_pool, mse);
#else
constexpr auto m = model(input(8, 8, 4) | global_max_pool, mse);
#endif
INGOT_SOUND(m);
