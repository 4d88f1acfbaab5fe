// expect: number of updates is -1, want a whole number of updates >= 0
#include <ingot/dsl.hpp>
using namespace ingot;
using namespace ingot::literals;

#ifdef MISTAKE
constexpr auto m = model(input(28, 28) | flatten | dense(10), mse, sgd(0.1), mixed_precision(f16, growth_after(-1)));
#else
constexpr auto m = model(input(28, 28) | flatten | dense(10), mse, sgd(0.1), mixed_precision(f16, growth_after(100)));
#endif
INGOT_SOUND(m);
