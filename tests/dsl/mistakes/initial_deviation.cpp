// expect: dense dense_1 (op 1, line 7): initial value is -0.1, want initial value >= 0
#include <ingot/dsl.hpp>
using namespace ingot;
using namespace ingot::literals;

#ifdef MISTAKE
constexpr auto m = model(input(8) | dense(4, random_normal(-0.1)), mse);
#else
constexpr auto m = model(input(8) | dense(4, constant(-0.1)), mse);
#endif
INGOT_SOUND(m);
