// expect: prune has no share of zeros: give constant_sparsity or polynomial_sparsity above 0, or two_of_four
#include <ingot/dsl.hpp>
using namespace ingot;
using namespace ingot::literals;

#ifdef MISTAKE
constexpr auto m = model(input(4) | dense(3).as("hidden") | dense(1), mse, sgd(0.1), prune(blocks(4, 4)));
#else
constexpr auto m = model(input(4) | dense(3).as("hidden") | dense(1), mse, sgd(0.1), prune(blocks(4, 4), constant_sparsity(0.5)));
#endif
INGOT_SOUND(m);
