// expect: alpha is 1.5, want 0 <= alpha <= 1
#include <ingot/dsl.hpp>
using namespace ingot;
using namespace ingot::literals;

#ifdef MISTAKE
constexpr auto m = model(input(28, 28) | flatten | dense(10), mse, sgd(0.1), cosine_decay(epochs(2), 1.5));
#else
constexpr auto m = model(input(28, 28) | flatten | dense(10), mse, sgd(0.1), cosine_decay(epochs(2), 0.5));
#endif
INGOT_SOUND(m);
