// expect: line 7: initial accumulator is -1, want initial accumulator >= 0
#include <ingot/dsl.hpp>
using namespace ingot;
using namespace ingot::literals;

#ifdef MISTAKE
constexpr auto m = model(input(28, 28) | flatten | dense(10), mse, adagrad(0.1, initial_accumulator(-1)));
#else
constexpr auto m = model(input(28, 28) | flatten | dense(10), mse, adagrad(0.1, initial_accumulator(1)));
#endif
INGOT_SOUND(m);
