// expect-type: layer_norm(options...): an option does not apply to a layer_norm layer
#include <ingot/dsl.hpp>
using namespace ingot;
using namespace ingot::literals;

#ifdef MISTAKE
constexpr auto m = model(input(8, 8, 4) | layer_norm(momentum(0.9)), mse);
#else
constexpr auto m = model(input(8, 8, 4) | layer_norm(epsilon(0.1)), mse);
#endif
INGOT_SOUND(m);
