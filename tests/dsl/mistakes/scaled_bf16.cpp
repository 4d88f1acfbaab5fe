// expect: loss_scale and growth_after belong to mixed_precision(f16)
#include <ingot/dsl.hpp>
using namespace ingot;
using namespace ingot::literals;

#ifdef MISTAKE
constexpr auto m = model(input(28, 28) | flatten | dense(10), mse, sgd(0.1), mixed_precision(bf16, growth_after(100)));
#else
constexpr auto m = model(input(28, 28) | flatten | dense(10), mse, sgd(0.1), mixed_precision(f16, growth_after(100)));
#endif
INGOT_SOUND(m);
