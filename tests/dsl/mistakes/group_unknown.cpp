// expect: group hiden names no layer, nor the beginning of one
#include <ingot/dsl.hpp>
using namespace ingot;
using namespace ingot::literals;

#ifdef MISTAKE
constexpr auto m = model(input(28, 28) | flatten | dense(10), mse, sgd(0.1), group("hiden", rate_multiplier(0.1)));
#else
constexpr auto m = model(input(28, 28) | flatten | dense(10), mse, sgd(0.1), group("dense", rate_multiplier(0.1)));
#endif
INGOT_SOUND(m);
