// One network twice: with an activation and a loss written as rules, and with the built-in ones that they are.
#include <ingot/dsl.hpp>

using namespace ingot;
using namespace ingot::literals;

constexpr auto swish = elementwise([](auto x) { return x * logistic(x); });
constexpr auto scaled = elementwise([](auto x) { return ("gain"_hp = range(0.5, 2.0)) * x; });
constexpr auto robust = loss_fn([](auto prediction, auto target) {
  const auto e = abs(prediction - target), inner = min(e, "delta"_hp = range(0.75, 2.0));
  return 0.5 * inner * inner + "delta"_hp * (e - inner);
});

inline constexpr auto own = model(input(12) | dense(32, swish).as("hidden") | dense(16).as("second") | swish | scaled | dense(3).as("out"),
                                  robust, adam(1e-2), batch(32), epochs(3), gradcheck_every(20));
inline constexpr auto built_in =
    model(input(12) | dense(32, silu).as("hidden") | dense(16).as("second") | activation(silu) | dense(3).as("out"), huber(0.75),
          adam(1e-2), batch(32), epochs(3), gradcheck_every(20));

INGOT_EXPORT(own);
INGOT_EXPORT(built_in);
