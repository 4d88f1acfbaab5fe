// expect: the recipe says how gradients are clipped twice
#include <ingot/dsl.hpp>
using namespace ingot;
using namespace ingot::literals;

#ifdef MISTAKE
constexpr auto m = model(input(28, 28) | flatten | dense(10), mse, sgd(0.1), clip_norm(1), clip_value(1));
#else
constexpr auto m = model(input(28, 28) | flatten | dense(10), mse, sgd(0.1), clip_global_norm(1));
#endif
INGOT_SOUND(m);
