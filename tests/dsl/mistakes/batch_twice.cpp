// expect: the recipe says batch twice
#include <ingot/dsl.hpp>
using namespace ingot;
using namespace ingot::literals;

#ifdef MISTAKE
constexpr auto m = model(input(28, 28) | flatten | dense(2), mse, batch(8), batch(16));
#else
constexpr auto m = model(input(28, 28) | flatten | dense(2), mse, batch(8));
#endif
INGOT_SOUND(m);
