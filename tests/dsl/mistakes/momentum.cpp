// expect: line 7: momentum mu reaches 1.5, want 0 <= momentum <= 1
#include <ingot/dsl.hpp>
using namespace ingot;
using namespace ingot::literals;

#ifdef MISTAKE
constexpr auto m = model(input(28, 28) | flatten | dense(10), mse, sgd(0.1, "mu"_hp = range(0.0, 1.5)));
#else
constexpr auto m = model(input(28, 28) | flatten | dense(10), mse, sgd(0.1, "mu"_hp = range(0.0, 0.9)));
#endif
INGOT_SOUND(m);
