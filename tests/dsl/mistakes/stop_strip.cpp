// expect: strip is 0, want a whole strip >= 1
#include <ingot/dsl.hpp>
using namespace ingot;
using namespace ingot::literals;

#ifdef MISTAKE
constexpr auto m = model(input(28, 28) | flatten | dense(10), mse, sgd(0.1), stop_when(prechelt_pq(0.5, 0)));
#else
constexpr auto m = model(input(28, 28) | flatten | dense(10), mse, sgd(0.1), stop_when(prechelt_pq(0.5, 1)));
#endif
INGOT_SOUND(m);
