// expect: log_range of hyper-parameter lr starts at 0, want a value > 0
#include <ingot/dsl.hpp>
using namespace ingot;
using namespace ingot::literals;

#ifdef MISTAKE
constexpr auto m = model(input(28, 28) | flatten | dense(10), mse, sgd("lr"_hp = log_range(0, 0.1)));
#else
constexpr auto m = model(input(28, 28) | flatten | dense(10), mse, sgd("lr"_hp = log_range(1e-5, 0.1)));
#endif
INGOT_SOUND(m);
