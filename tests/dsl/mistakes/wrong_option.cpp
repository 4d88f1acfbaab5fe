// expect-type: dense(size, options...): an option does not apply to a dense layer
#include <ingot/dsl.hpp>
using namespace ingot;
using namespace ingot::literals;

#ifdef MISTAKE
constexpr auto m = model(input(28, 28) | flatten | dense(10, same), sparse_categorical_crossentropy(from_logits));
#else
constexpr auto m = model(input(28, 28) | flatten | dense(10, relu), sparse_categorical_crossentropy(from_logits));
#endif
INGOT_SOUND(m);
