// expect-gcc: Name = ingot::fixed_string<6>{"unitz"}; auto Known = ingot::detail::names<20>{"units learning_rate"}
// expect-clang: Name = fixed_string<6>{"unitz"}, Known = names<all.n + 1>{"units learning_rate"}
#include <ingot/dsl.hpp>
#include <ingot/dsl/typed.hpp>
using namespace ingot;
using namespace ingot::literals;

inline constexpr auto mnist = model(input(28, 28) | flatten | dense("units"_hp = range(32, 512, 32), relu).as("hidden") | dense(10).as("logits"), sparse_categorical_crossentropy(from_logits), adam("learning_rate"_hp = choice(1e-2, 1e-3, 1e-4)));

#ifdef MISTAKE
void f(config<mnist>& c) { c["unitz"_hp] = 3; }
#else
void f(config<mnist>& c) { c["units"_hp] = 3; }
#endif
