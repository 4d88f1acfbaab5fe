// expect-type: augment(steps...): a step is neither random_...(...) nor value_range(low, high)
#include <ingot/dsl.hpp>
using namespace ingot;
using namespace ingot::literals;

#ifdef MISTAKE
constexpr auto m = model(input(28, 28) | flatten | dense(10), mse, sgd(0.1), augment(random_flip(), batch(4)));
#else
constexpr auto m = model(input(28, 28) | flatten | dense(10), mse, sgd(0.1), augment(random_flip()), batch(4));
#endif
INGOT_SOUND(m);
