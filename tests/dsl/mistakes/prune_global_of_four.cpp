// expect: two_of_four compares weights within each four of them: leave global_threshold out
#include <ingot/dsl.hpp>
using namespace ingot;
using namespace ingot::literals;

#ifdef MISTAKE
constexpr auto m = model(input(4) | dense(3).as("hidden") | dense(1), mse, sgd(0.1), prune(two_of_four, global_threshold));
#else
constexpr auto m = model(input(4) | dense(3).as("hidden") | dense(1), mse, sgd(0.1), prune(whole_filters, constant_sparsity(0.5), global_threshold));
#endif
INGOT_SOUND(m);
