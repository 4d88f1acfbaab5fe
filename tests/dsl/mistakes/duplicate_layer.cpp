// expect: dense d (op 3, line 7): layer name d is used twice (first on line 7)
#include <ingot/dsl.hpp>
using namespace ingot;
using namespace ingot::literals;

#ifdef MISTAKE
constexpr auto m = model(input(28, 28) | flatten | dense(10).as("d") | dense(10).as("d"), sparse_categorical_crossentropy(from_logits));
#else
constexpr auto m = model(input(28, 28) | flatten | dense(10).as("d") | dense(10).as("e"), sparse_categorical_crossentropy(from_logits));
#endif
INGOT_SOUND(m);
