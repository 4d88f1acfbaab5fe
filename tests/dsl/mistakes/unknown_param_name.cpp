// expect-gcc: Name = ingot::fixed_string<6>{"hiden"}; auto Known = ingot::detail::names<14>{"hidden logits"}
// expect-clang: Name = fixed_string<6>{"hiden"}, Known = names<all.n + 1>{"hidden logits"}
#include <ingot/dsl.hpp>
#include <ingot/dsl/typed.hpp>
using namespace ingot;
using namespace ingot::literals;

inline constexpr auto mnist = model(input(28, 28) | flatten | dense("units"_hp = range(32, 512, 32), relu).as("hidden") | dense(10).as("logits"), sparse_categorical_crossentropy(from_logits), adam("learning_rate"_hp = choice(1e-2, 1e-3, 1e-4)));

#ifdef MISTAKE
auto f(params<mnist>& p) { return p["hiden"_layer]; }
#else
auto f(params<mnist>& p) { return p["hidden"_layer]; }
#endif
