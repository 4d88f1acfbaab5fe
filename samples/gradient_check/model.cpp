#include <ingot/dsl.hpp>

using namespace ingot;
using namespace ingot::literals;

// The root of |x| with the sign of x, twice. Both sides of a select are computed: where x < 0, the slope of sqrt(x) is not a number, and 0
// times that is none either.
constexpr auto naive_root = elementwise([](auto x) { return select(x > 0, sqrt(x), -sqrt(-x)); });
constexpr auto signed_root = elementwise([](auto x) { return select(x > 0, 1, -1) * (sqrt(abs(x) + 0.01) - 0.1); });

template <class Activation>
consteval auto network(Activation activation) {
  return model(input(28, 28) | flatten | dense(64, activation, l2("decay"_hp = log_range(1e-5, 1e-2))).as("hidden") | dropout(0.2) |
                   dense(32).as("second") | batch_norm | activation | dense(10).as("logits"),
               sparse_categorical_crossentropy(from_logits, label_smoothing(0.1)), adam(1e-3), batch(64), epochs(3), validation(10000),
               rescale(1 / 255.), gradcheck_every(500));
}

inline constexpr auto naive = network(naive_root);
inline constexpr auto mended = network(signed_root);

INGOT_EXPORT(naive);
INGOT_EXPORT(mended);
