// expect: the recipe says stop_when twice
#include <ingot/dsl.hpp>
using namespace ingot;
using namespace ingot::literals;

#ifdef MISTAKE
constexpr auto m = model(input(28, 28) | flatten | dense(10), mse, sgd(0.1), stop_when(train_loss < 0.1), stop_when(time_budget(60)));
#else
constexpr auto m = model(input(28, 28) | flatten | dense(10), mse, sgd(0.1), stop_when(train_loss < 0.1));
#endif
INGOT_SOUND(m);
