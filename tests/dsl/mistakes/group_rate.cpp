// expect: rate multiplier is -1, want rate multiplier >= 0
#include <ingot/dsl.hpp>
using namespace ingot;
using namespace ingot::literals;

#ifdef MISTAKE
constexpr auto m = model(input(28, 28) | flatten | dense(10), mse, sgd(0.1), group("dense", rate_multiplier(-1)));
#else
constexpr auto m = model(input(28, 28) | flatten | dense(10), mse, sgd(0.1), group("dense", rate_multiplier(1)));
#endif
INGOT_SOUND(m);
