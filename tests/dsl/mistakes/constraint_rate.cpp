// expect: dense dense_1 (op 1, line 7): rate of the constraint is 1.5
#include <ingot/dsl.hpp>
using namespace ingot;
using namespace ingot::literals;

#ifdef MISTAKE
constexpr auto m = model(input(4) | dense(1, bias_constraint(min_max_norm(0.5, 1, 1.5))), mse);
#else
constexpr auto m = model(input(4) | dense(1, bias_constraint(min_max_norm(0.5, 1, 0.5))), mse);
#endif
INGOT_SOUND(m);
