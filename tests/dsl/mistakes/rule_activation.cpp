// expect: line 7: hyper-parameter beta is an activation, but is used as a number
#include <ingot/dsl.hpp>
using namespace ingot;
using namespace ingot::literals;

#ifdef MISTAKE
constexpr auto m = model(input(4) | dense(1), loss_fn([](auto p, auto t) { return ("beta"_hp = choice(relu, gelu)) * abs(p - t); }));
#else
constexpr auto m = model(input(4) | dense(1), loss_fn([](auto p, auto t) { return ("beta"_hp = choice(1, 2)) * abs(p - t); }));
#endif
INGOT_SOUND(m);
