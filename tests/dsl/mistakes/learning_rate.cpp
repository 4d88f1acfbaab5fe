// expect: line 7: learning rate is -0.1, want learning rate >= 0
#include <ingot/dsl.hpp>
using namespace ingot;
using namespace ingot::literals;

#ifdef MISTAKE
constexpr auto m = model(input(28, 28) | flatten | dense(10), mse, sgd(-0.1));
#else
constexpr auto m = model(input(28, 28) | flatten | dense(10), mse, sgd(0.1));
#endif
INGOT_SOUND(m);
