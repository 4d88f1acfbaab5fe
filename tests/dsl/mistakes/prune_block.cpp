// expect: block is 0
#include <ingot/dsl.hpp>
using namespace ingot;
using namespace ingot::literals;

#ifdef MISTAKE
constexpr auto m = model(input(4) | dense(3).as("hidden") | dense(1), mse, sgd(0.1), prune(constant_sparsity(0.5), blocks(0, 4)));
#else
constexpr auto m = model(input(4) | dense(3).as("hidden") | dense(1), mse, sgd(0.1), prune(constant_sparsity(0.5), blocks(1, 4)));
#endif
INGOT_SOUND(m);
