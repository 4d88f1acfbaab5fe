// expect: batch is 0, want a whole batch >= 1
#include <ingot/dsl.hpp>
using namespace ingot;
using namespace ingot::literals;

#ifdef MISTAKE
constexpr auto m = model(input(28, 28) | flatten | dense(10), mse, batch(0));
#else
constexpr auto m = model(input(28, 28) | flatten | dense(10), mse, batch(1));
#endif
INGOT_SOUND(m);
