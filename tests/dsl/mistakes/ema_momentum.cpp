// expect: momentum of ema is 1, want 0 <= momentum of ema < 1
#include <ingot/dsl.hpp>
using namespace ingot;
using namespace ingot::literals;

#ifdef MISTAKE
constexpr auto m = model(input(28, 28) | flatten | dense(10), mse, sgd(0.1), ema(1.0));
#else
constexpr auto m = model(input(28, 28) | flatten | dense(10), mse, sgd(0.1), ema(0.99, overwrite_every(10)));
#endif
INGOT_SOUND(m);
