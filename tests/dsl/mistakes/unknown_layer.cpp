// expect: from from_1 (op 3, line 7): encoder names no earlier layer
#include <ingot/dsl.hpp>
using namespace ingot;
using namespace ingot::literals;

#ifdef MISTAKE
constexpr auto m = model(input(28, 28) | flatten | dense(10).as("encode") | concat(id, from("encoder")) | dense(10), sparse_categorical_crossentropy(from_logits));
#else
constexpr auto m = model(input(28, 28) | flatten | dense(10).as("encode") | concat(id, from("encode")) | dense(10), sparse_categorical_crossentropy(from_logits));
#endif
INGOT_SOUND(m);
