// expect-type: a rule returns an expression of its arguments, not a constant and not a comparison
#include <ingot/dsl.hpp>
using namespace ingot;
using namespace ingot::literals;

#ifdef MISTAKE
constexpr auto m = model(input(4) | dense(1), loss_fn([](auto p, auto t) { return p > t; }));
#else
constexpr auto m = model(input(4) | dense(1), loss_fn([](auto p, auto t) { return select(p > t, p - t, 0); }));
#endif
INGOT_SOUND(m);
