// expect: step_memory is 0, want step_memory > 0
#include <ingot/dsl.hpp>
using namespace ingot;
using namespace ingot::literals;

#ifdef MISTAKE
constexpr auto m = model(input(28, 28) | flatten | dense(10), mse, sgd(0.1), step_memory(0));
#else
constexpr auto m = model(input(28, 28) | flatten | dense(10), mse, sgd(0.1), step_memory(64_KiB));
#endif
INGOT_SOUND(m);
