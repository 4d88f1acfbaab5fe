// expect: mixup and cutmix mix classes, the loss mse has none
#include <ingot/dsl.hpp>
using namespace ingot;
using namespace ingot::literals;

#ifdef MISTAKE
constexpr auto m = model(input(4) | dense(1), mse, sgd(0.1), mixup(0.2));
#else
constexpr auto m = model(input(4) | dense(1), mse, sgd(0.1), batch(8));
#endif
INGOT_SOUND(m);
