// expect: dropout dropout_1 (op 2, line 7): rate is 1.5, want 0 <= rate < 1
#include <ingot/dsl.hpp>
using namespace ingot;
using namespace ingot::literals;

#ifdef MISTAKE
constexpr auto m = model(input(28, 28) | flatten | dropout(1.5) | dense(10), sparse_categorical_crossentropy(from_logits));
#else
constexpr auto m = model(input(28, 28) | flatten | dropout(0.5) | dense(10), sparse_categorical_crossentropy(from_logits));
#endif
INGOT_SOUND(m);
