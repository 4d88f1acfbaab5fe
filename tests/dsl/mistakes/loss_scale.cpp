// expect: loss scale is 0.5, want a whole loss scale >= 1
#include <ingot/dsl.hpp>
using namespace ingot;
using namespace ingot::literals;

#ifdef MISTAKE
constexpr auto m = model(input(28, 28) | flatten | dense(10), mse, sgd(0.1), mixed_precision(f16, loss_scale(0.5)));
#else
constexpr auto m = model(input(28, 28) | flatten | dense(10), mse, sgd(0.1), mixed_precision(f16, loss_scale(512)));
#endif
INGOT_SOUND(m);
