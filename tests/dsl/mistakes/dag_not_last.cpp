// expect-type: dag: the returned tensor must be the one made last
#include <ingot/dsl.hpp>
using namespace ingot;
using namespace ingot::literals;

#ifdef MISTAKE
constexpr auto m = model(input(28, 28) | flatten | dag([](auto x) { auto y = x | dense(3); x | dense(4); return y; }), sparse_categorical_crossentropy(from_logits));
#else
constexpr auto m = model(input(28, 28) | flatten | dag([](auto x) { auto y = x | dense(3); return y + (x | dense(3)); }), sparse_categorical_crossentropy(from_logits));
#endif
INGOT_SOUND(m);
