// expect-type: dag(lambda): the lambda may not capture; use hyper-parameters by name
#include <ingot/dsl.hpp>
using namespace ingot;
using namespace ingot::literals;

#ifdef MISTAKE
constexpr auto m = model(input(4) | dag([n = 3](auto x) { return x | dense(n); }), mse);
#else
constexpr auto m = model(input(4) | dag([](auto x) { return x | dense(3); }), mse);
#endif
INGOT_SOUND(m);
