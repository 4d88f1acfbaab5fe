// expect: line 7: the recipe has two losses for one output; several outputs are named by output(layer, loss)
#include <ingot/dsl.hpp>
using namespace ingot;
using namespace ingot::literals;

#ifdef MISTAKE
constexpr auto m = model(input(28, 28) | flatten | dense(2).as("a") | dense(2).as("b"), output("b", mse), output("b", mae));
#else
constexpr auto m = model(input(28, 28) | flatten | dense(2).as("a") | dense(2).as("b"), output("a", mse), output("b", mae));
#endif
INGOT_SOUND(m);
