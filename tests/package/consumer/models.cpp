#include <ingot/dsl.hpp>

using namespace ingot;
using namespace ingot::literals;

inline constexpr auto exclusive_or =
    model(input(2) | dense("width"_hp = range(8, 32, 8), tanh_act).as("hidden") | dense(2).as("logits"),
          sparse_categorical_crossentropy(from_logits), adam("rate"_hp = choice(0.05, 0.01)), batch(4), epochs(100));
inline constexpr auto line = model(input(1) | dense(1).as("slope"), mse, sgd(0.1), batch(4));

INGOT_EXPORT(exclusive_or);
INGOT_EXPORT(line);
