// expect-type: choice(values...): want integers, real numbers or activations, not a mixture
#include <ingot/dsl.hpp>
using namespace ingot;
using namespace ingot::literals;

#ifdef MISTAKE
constexpr auto m = model(input(28, 28) | flatten | dense(10, "a"_hp = choice(relu, 3)), mse);
#else
constexpr auto m = model(input(28, 28) | flatten | dense(10, "a"_hp = choice(relu, gelu)), mse);
#endif
INGOT_SOUND(m);
