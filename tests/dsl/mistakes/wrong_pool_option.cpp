// expect-type: pool(window, options...): an option does not apply to a pool
#include <ingot/dsl.hpp>
using namespace ingot;
using namespace ingot::literals;

#ifdef MISTAKE
constexpr auto m = model(input(4, 4, 1) | max_pool(2, relu) | flatten | dense(2), sparse_categorical_crossentropy(from_logits));
#else
constexpr auto m = model(input(4, 4, 1) | max_pool(2, same) | flatten | dense(2), sparse_categorical_crossentropy(from_logits));
#endif
INGOT_SOUND(m);
