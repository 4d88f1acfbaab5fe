// expect: the recipe has two losses for one output
#include <ingot/dsl.hpp>
using namespace ingot;
using namespace ingot::literals;

#ifdef MISTAKE
constexpr auto m = model(input(28, 28) | flatten | dense(10), mse, mae);
#else
constexpr auto m = model(input(28, 28) | flatten | dense(10), mse);
#endif
INGOT_SOUND(m);
