// How much do they spend? The same table with a number in the last column.
#include <ingot/dsl.hpp>

using namespace ingot;

// clang-format off: one line for each layer
inline constexpr auto spend = model(
    input(15)
      | dense(32, relu).as("first")
      | dense(16, relu).as("second")
      | dense(1).as("spend"),
    mse,
    adam(1e-3),
    batch(64), epochs(40), standardize);
// clang-format on

INGOT_EXPORT(spend);
