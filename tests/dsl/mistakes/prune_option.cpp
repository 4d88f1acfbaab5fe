// expect-type: prune(sparsity, options...): an argument is neither constant_sparsity
#include <ingot/dsl.hpp>
using namespace ingot;
using namespace ingot::literals;

#ifdef MISTAKE
constexpr auto m = model(input(4) | dense(3).as("hidden") | dense(1), mse, sgd(0.1), prune(constant_sparsity(0.5), momentum(0.9)));
#else
constexpr auto m = model(input(4) | dense(3).as("hidden") | dense(1), mse, sgd(0.1), prune(constant_sparsity(0.5), by_largest));
#endif
INGOT_SOUND(m);
