// expect-type: an argument does not apply to this schedule
#include <ingot/dsl.hpp>
using namespace ingot;
using namespace ingot::literals;

#ifdef MISTAKE
constexpr auto m = model(input(28, 28) | flatten | dense(10), mse, sgd(0.1), cosine_decay(epochs(2), staircase));
#else
constexpr auto m = model(input(28, 28) | flatten | dense(10), mse, sgd(0.1), cosine_decay(epochs(2)));
#endif
INGOT_SOUND(m);
