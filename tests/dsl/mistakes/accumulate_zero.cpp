// expect: number of batches is 0, want a whole number of batches >= 1
#include <ingot/dsl.hpp>
using namespace ingot;
using namespace ingot::literals;

#ifdef MISTAKE
constexpr auto m = model(input(28, 28) | flatten | dense(10), mse, sgd(0.1), accumulate(0));
#else
constexpr auto m = model(input(28, 28) | flatten | dense(10), mse, sgd(0.1), accumulate(4));
#endif
INGOT_SOUND(m);
