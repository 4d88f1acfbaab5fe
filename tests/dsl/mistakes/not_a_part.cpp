// expect-type: model(network, parts...): a part is neither a loss, an output, an optimizer, a setting, early_stopping nor random_search
#include <ingot/dsl.hpp>
using namespace ingot;
using namespace ingot::literals;

#ifdef MISTAKE
constexpr auto m = model(input(28, 28) | flatten | dense(10), "adam");
#else
constexpr auto m = model(input(28, 28) | flatten | dense(10), mse);
#endif
INGOT_SOUND(m);
