// expect: prune has two_of_four, which is a share of one half by itself: leave the sparsity out
#include <ingot/dsl.hpp>
using namespace ingot;
using namespace ingot::literals;

#ifdef MISTAKE
constexpr auto m = model(input(4) | dense(3).as("hidden") | dense(1), mse, sgd(0.1), prune(two_of_four, constant_sparsity(0.5)));
#else
constexpr auto m = model(input(4) | dense(3).as("hidden") | dense(1), mse, sgd(0.1), prune(two_of_four));
#endif
INGOT_SOUND(m);
