// expect: patience is -1, want a whole patience >= 0
#include <ingot/dsl.hpp>
using namespace ingot;
using namespace ingot::literals;

#ifdef MISTAKE
constexpr auto m = model(input(28, 28) | flatten | dense(10), mse, early_stopping{.patience = -1});
#else
constexpr auto m = model(input(28, 28) | flatten | dense(10), mse, early_stopping{.patience = 1});
#endif
INGOT_SOUND(m);
