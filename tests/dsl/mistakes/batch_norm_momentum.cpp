// expect: batch_norm batch_norm_1 (op 1, line 7): momentum is 1.5, want 0 <= momentum <= 1
#include <ingot/dsl.hpp>
using namespace ingot;
using namespace ingot::literals;

#ifdef MISTAKE
constexpr auto m = model(input(8, 8, 4) | batch_norm(momentum(1.5)), mse);
#else
constexpr auto m = model(input(8, 8, 4) | batch_norm(momentum(0.5)), mse);
#endif
INGOT_SOUND(m);
