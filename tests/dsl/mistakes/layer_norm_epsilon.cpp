// expect: layer_norm layer_norm_1 (op 1, line 7): epsilon e reaches 0, want epsilon > 0
#include <ingot/dsl.hpp>
using namespace ingot;
using namespace ingot::literals;

#ifdef MISTAKE
constexpr auto m = model(input(8, 8, 4) | layer_norm(epsilon("e"_hp = range(0.0, 0.1))), mse);
#else
constexpr auto m = model(input(8, 8, 4) | layer_norm(epsilon("e"_hp = range(0.01, 0.1))), mse);
#endif
INGOT_SOUND(m);
