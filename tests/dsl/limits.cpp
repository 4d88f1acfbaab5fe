// The largest work that the language promises to do in constant expressions of both compilers at their default limits: a
// proof that spends its whole budget of op evaluations, and 200 layers in one pipe (instantiations.sh has the latter).
#include <ingot/dsl.hpp>

using namespace ingot;
using namespace ingot::literals;

namespace {

// convolutions are the dearest op to evaluate; every point visits each of them again
constexpr auto spent = model(input(64, 64, 3) | conv2d("w"_hp = range(2, 1650, 2), 3, same) |
                                 repeat<6>([](auto) { return conv2d("w"_hp, 3, same, strides(2)); }) |
                                 residual(concat(conv2d("w"_hp / 2, 1), conv2d("w"_hp / 2, 1))) | global_avg_pool | dense(2),
                             mse);
static_assert(verdict_of<spent>.ok && !verdict_of<spent>.by_intervals);
static_assert(verdict_of<spent>.evaluated > op_budget * 9 / 10 && verdict_of<spent>.evaluated <= op_budget);

}  // namespace
