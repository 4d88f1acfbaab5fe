// expect-type: this schedule needs a length and a factor
#include <ingot/dsl.hpp>
using namespace ingot;
using namespace ingot::literals;

#ifdef MISTAKE
constexpr auto m = model(input(28, 28) | flatten | dense(10), mse, sgd(0.1), exponential_decay(updates(10)));
#else
constexpr auto m = model(input(28, 28) | flatten | dense(10), mse, sgd(0.1), exponential_decay(updates(10), 0.5));
#endif
INGOT_SOUND(m);
