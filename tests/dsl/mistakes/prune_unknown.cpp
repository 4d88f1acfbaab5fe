// expect: prune names hiden, which is no dense layer, convolution or embedding of the network
#include <ingot/dsl.hpp>
using namespace ingot;
using namespace ingot::literals;

#ifdef MISTAKE
constexpr auto m = model(input(4) | dense(3).as("hidden") | dense(1), mse, sgd(0.1), prune(constant_sparsity(0.5), only("hiden")));
#else
constexpr auto m = model(input(4) | dense(3).as("hidden") | dense(1), mse, sgd(0.1), prune(constant_sparsity(0.5), only("hidden")));
#endif
INGOT_SOUND(m);
