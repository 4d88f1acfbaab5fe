// expect-type: sgd(lr, momentum, options...): an argument does not apply to sgd
#include <ingot/dsl.hpp>
using namespace ingot;
using namespace ingot::literals;

#ifdef MISTAKE
constexpr auto m = model(input(28, 28) | flatten | dense(10), mse, sgd(0.1, pytorch_epsilon));
#else
constexpr auto m = model(input(28, 28) | flatten | dense(10), mse, sgd(0.1, nesterov));
#endif
INGOT_SOUND(m);
