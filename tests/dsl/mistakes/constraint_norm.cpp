// expect: dense dense_1 (op 1, line 7): largest norm is -1, want largest norm >= 0
#include <ingot/dsl.hpp>
using namespace ingot;
using namespace ingot::literals;

#ifdef MISTAKE
constexpr auto m = model(input(4) | dense(1, max_norm(-1)), mse);
#else
constexpr auto m = model(input(4) | dense(1, max_norm(2)), mse);
#endif
INGOT_SOUND(m);
