// expect: length of the schedule is 0.5, want a whole length of the schedule >= 1
#include <ingot/dsl.hpp>
using namespace ingot;
using namespace ingot::literals;

#ifdef MISTAKE
constexpr auto m = model(input(28, 28) | flatten | dense(10), mse, sgd(0.1), cosine_decay(updates(0.5)));
#else
constexpr auto m = model(input(28, 28) | flatten | dense(10), mse, sgd(0.1), cosine_decay(updates(5)));
#endif
INGOT_SOUND(m);
