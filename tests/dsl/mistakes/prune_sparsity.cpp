// expect: sparsity is 1, want 0 <= sparsity < 1
#include <ingot/dsl.hpp>
using namespace ingot;
using namespace ingot::literals;

#ifdef MISTAKE
constexpr auto m = model(input(4) | dense(3).as("hidden") | dense(1), mse, sgd(0.1), prune(constant_sparsity(1)));
#else
constexpr auto m = model(input(4) | dense(3).as("hidden") | dense(1), mse, sgd(0.1), prune(constant_sparsity(0.9)));
#endif
INGOT_SOUND(m);
