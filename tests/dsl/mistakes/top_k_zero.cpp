// expect: top_k is 0, want a whole top_k >= 1
#include <ingot/dsl.hpp>
using namespace ingot;
using namespace ingot::literals;

#ifdef MISTAKE
constexpr auto m = model(input(8) | dense(3), sparse_categorical_crossentropy(from_logits), metrics(top_k(0)));
#else
constexpr auto m = model(input(8) | dense(3), sparse_categorical_crossentropy(from_logits), metrics(top_k(1)));
#endif
INGOT_SOUND(m);
