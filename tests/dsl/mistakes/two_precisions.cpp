// expect: the recipe says mixed_precision twice
#include <ingot/dsl.hpp>
using namespace ingot;
using namespace ingot::literals;

#ifdef MISTAKE
constexpr auto m = model(input(28, 28) | flatten | dense(10), mse, sgd(0.1), mixed_precision(bf16), mixed_precision(f16));
#else
constexpr auto m = model(input(28, 28) | flatten | dense(10), mse, sgd(0.1), mixed_precision(f16));
#endif
INGOT_SOUND(m);
