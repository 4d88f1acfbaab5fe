// expect-type: an argument is neither rate_multiplier(x) nor weight_decay(x)
#include <ingot/dsl.hpp>
using namespace ingot;
using namespace ingot::literals;

#ifdef MISTAKE
constexpr auto m = model(input(28, 28) | flatten | dense(10), mse, sgd(0.1), group("dense", momentum(0.1)));
#else
constexpr auto m = model(input(28, 28) | flatten | dense(10), mse, sgd(0.1), group("dense", weight_decay(0.1)));
#endif
INGOT_SOUND(m);
