// expect: line 7: age names no earlier layer
#include <ingot/dsl.hpp>
using namespace ingot;
using namespace ingot::literals;

#ifdef MISTAKE
constexpr auto m = model(input(28, 28) | flatten | dense(10).as("year"), output("age", mse));
#else
constexpr auto m = model(input(28, 28) | flatten | dense(10).as("age"), output("age", mse));
#endif
INGOT_SOUND(m);
