// expect-type: an argument does not apply to this optimizer
#include <ingot/dsl.hpp>
using namespace ingot;
using namespace ingot::literals;

#ifdef MISTAKE
constexpr auto m = model(input(28, 28) | flatten | dense(10), mse, lion(0.1, epsilon(1e-3)));
#else
constexpr auto m = model(input(28, 28) | flatten | dense(10), mse, lion(0.1, betas(0.9, 0.99)));
#endif
INGOT_SOUND(m);
