// Who leaves? A table with numbers, categories and missing cells; the last column says yes or no.
#include <ingot/dsl.hpp>

using namespace ingot;
using namespace ingot::literals;

// 5 numeric columns, and categories with 4, 3 and 3 values: 15 features.
// clang-format off: one line for each layer
inline constexpr auto churn = model(
    input(15)
      | dense("first"_hp = choice(32, 64), relu).as("first")
      | dense(16, relu).as("second")
      | dense(1, sigmoid).as("churned"),
    binary_crossentropy,
    adam("learning_rate"_hp = choice(1e-3, 3e-3)),
    batch(64), epochs(40), standardize,
    random_search{val_loss, 4});
// clang-format on

INGOT_EXPORT(churn);
