// expect: the recipe says the learning rate schedule twice
#include <ingot/dsl.hpp>
using namespace ingot;
using namespace ingot::literals;

#ifdef MISTAKE
constexpr auto m = model(input(28, 28) | flatten | dense(10), mse, sgd(0.1), cosine_decay(), reduce_on_plateau{});
#else
constexpr auto m = model(input(28, 28) | flatten | dense(10), mse, sgd(0.1), reduce_on_plateau{});
#endif
INGOT_SOUND(m);
