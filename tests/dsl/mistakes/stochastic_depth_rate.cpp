// expect: stochastic_depth stochastic_depth_1 (op 2, line 7): rate is 1, want 0 <= rate < 1
#include <ingot/dsl.hpp>
using namespace ingot;
using namespace ingot::literals;

#ifdef MISTAKE
constexpr auto m = model(input(4) | residual(dense(4) | stochastic_depth(1)), mse);
#else
constexpr auto m = model(input(4) | residual(dense(4) | stochastic_depth(0.2)), mse);
#endif
INGOT_SOUND(m);
