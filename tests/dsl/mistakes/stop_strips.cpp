// expect: number of strips is 1.5, want a whole number of strips >= 1
#include <ingot/dsl.hpp>
using namespace ingot;
using namespace ingot::literals;

#ifdef MISTAKE
constexpr auto m = model(input(28, 28) | flatten | dense(10), mse, sgd(0.1), stop_when(prechelt_up(1.5)));
#else
constexpr auto m = model(input(28, 28) | flatten | dense(10), mse, sgd(0.1), stop_when(prechelt_up(2)));
#endif
INGOT_SOUND(m);
