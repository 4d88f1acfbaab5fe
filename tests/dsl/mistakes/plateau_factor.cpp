// expect: factor of reduce_on_plateau is 1, want 0 <= factor of reduce_on_plateau < 1
#include <ingot/dsl.hpp>
using namespace ingot;
using namespace ingot::literals;

#ifdef MISTAKE
constexpr auto m = model(input(28, 28) | flatten | dense(10), mse, sgd(0.1), reduce_on_plateau{.factor = 1.0});
#else
constexpr auto m = model(input(28, 28) | flatten | dense(10), mse, sgd(0.1), reduce_on_plateau{.factor = 0.5});
#endif
INGOT_SOUND(m);
