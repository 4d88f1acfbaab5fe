// expect: time budget is 0, want time budget > 0
#include <ingot/dsl.hpp>
using namespace ingot;
using namespace ingot::literals;

#ifdef MISTAKE
constexpr auto m = model(input(28, 28) | flatten | dense(10), mse, sgd(0.1), stop_when(train_loss < 0.1 || time_budget(0)));
#else
constexpr auto m = model(input(28, 28) | flatten | dense(10), mse, sgd(0.1), stop_when(train_loss < 0.1 || time_budget(60)));
#endif
INGOT_SOUND(m);
