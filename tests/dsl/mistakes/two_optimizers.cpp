// expect: the recipe says the optimizer twice
#include <ingot/dsl.hpp>
using namespace ingot;
using namespace ingot::literals;

#ifdef MISTAKE
constexpr auto m = model(input(28, 28) | flatten | dense(10), mse, adam(), sgd());
#else
constexpr auto m = model(input(28, 28) | flatten | dense(10), mse, adam());
#endif
INGOT_SOUND(m);
