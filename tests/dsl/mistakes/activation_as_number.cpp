// expect: hyper-parameter a is an activation, but is used as a number
#include <ingot/dsl.hpp>
using namespace ingot;
using namespace ingot::literals;

#ifdef MISTAKE
constexpr auto m = model(input(28, 28) | flatten | dense(10, "a"_hp = choice(relu, gelu)), mse, sgd("a"_hp));
#else
constexpr auto m = model(input(28, 28) | flatten | dense(10, "a"_hp = choice(relu, gelu)), mse, sgd(0.1));
#endif
INGOT_SOUND(m);
