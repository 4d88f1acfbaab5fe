// expect: hyper-parameter b is not an integer, but is used as batch
#include <ingot/dsl.hpp>
using namespace ingot;
using namespace ingot::literals;

#ifdef MISTAKE
constexpr auto m = model(input(28, 28) | flatten | dense(10), mse, batch("b"_hp = choice(32.5, 64.0)));
#else
constexpr auto m = model(input(28, 28) | flatten | dense(10), mse, batch("b"_hp = choice(32, 64)));
#endif
INGOT_SOUND(m);
