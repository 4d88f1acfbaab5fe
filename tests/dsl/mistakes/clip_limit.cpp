// expect: clipping limit is 0, want clipping limit > 0
#include <ingot/dsl.hpp>
using namespace ingot;
using namespace ingot::literals;

#ifdef MISTAKE
constexpr auto m = model(input(28, 28) | flatten | dense(10), mse, sgd(0.1), clip_norm(0));
#else
constexpr auto m = model(input(28, 28) | flatten | dense(10), mse, sgd(0.1), clip_norm(1));
#endif
INGOT_SOUND(m);
