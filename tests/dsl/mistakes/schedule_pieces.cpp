// expect: the boundaries of piecewise_rate must grow, but 20 is followed by 10
#include <ingot/dsl.hpp>
using namespace ingot;
using namespace ingot::literals;

#ifdef MISTAKE
constexpr auto m = model(input(28, 28) | flatten | dense(10), mse, sgd(0.1), piecewise_rate(after(updates(20), 0.5), after(updates(10), 0.1)));
#else
constexpr auto m = model(input(28, 28) | flatten | dense(10), mse, sgd(0.1), piecewise_rate(after(updates(10), 0.5), after(updates(20), 0.1)));
#endif
INGOT_SOUND(m);
