// expect-type: dense(size, options...): an option does not apply to a dense layer
#include <ingot/dsl.hpp>
using namespace ingot;
using namespace ingot::literals;

#ifdef MISTAKE
constexpr auto m = model(input(8) | dense(4, bias_init(orthogonal)), mse);
#else
constexpr auto m = model(input(8) | dense(4, orthogonal), mse);
#endif
INGOT_SOUND(m);
