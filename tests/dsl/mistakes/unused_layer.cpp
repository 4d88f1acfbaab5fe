// expect: dense lost (op 3, line 7): no output depends on this layer
#include <ingot/dsl.hpp>
using namespace ingot;
using namespace ingot::literals;

#ifdef MISTAKE
constexpr auto m = model(input(28, 28) | flatten | dense(10).as("kept") | dense(10).as("lost") | from("kept") | dense(10), sparse_categorical_crossentropy(from_logits));
#else
constexpr auto m = model(input(28, 28) | flatten | dense(10).as("kept") | dense(10).as("used") | concat(id, from("kept")) | dense(10), sparse_categorical_crossentropy(from_logits));
#endif
INGOT_SOUND(m);
