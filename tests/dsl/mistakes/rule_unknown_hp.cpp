// expect: unknown hyper-parameter beta; defined: none
#include <ingot/dsl.hpp>
using namespace ingot;
using namespace ingot::literals;

#ifdef MISTAKE
constexpr auto m = model(input(4) | dense(1), loss_fn([](auto p, auto t) { return "beta"_hp * abs(p - t); }));
#else
constexpr auto m = model(input(4) | dense(1), loss_fn([](auto p, auto t) { return ("beta"_hp = range(0.5, 2.0)) * abs(p - t); }));
#endif
INGOT_SOUND(m);
