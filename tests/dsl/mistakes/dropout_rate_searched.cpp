// expect: dropout dropout_1 (op 2, line 7): rate rate reaches 1, want 0 <= rate < 1
#include <ingot/dsl.hpp>
using namespace ingot;
using namespace ingot::literals;

#ifdef MISTAKE
constexpr auto m = model(input(28, 28) | flatten | dropout("rate"_hp = range(0.0, 1.0)) | dense(10), sparse_categorical_crossentropy(from_logits));
#else
constexpr auto m = model(input(28, 28) | flatten | dropout("rate"_hp = range(0.0, 0.9)) | dense(10), sparse_categorical_crossentropy(from_logits));
#endif
INGOT_SOUND(m);
