// expect: alpha is -1, want alpha >= 0
#include <ingot/dsl.hpp>
using namespace ingot;
using namespace ingot::literals;

#ifdef MISTAKE
constexpr auto m = model(input(28, 28) | flatten | dense(10), mse, sgd(0.1), stop_when(prechelt_gl(-1)));
#else
constexpr auto m = model(input(28, 28) | flatten | dense(10), mse, sgd(0.1), stop_when(prechelt_gl(5)));
#endif
INGOT_SOUND(m);
