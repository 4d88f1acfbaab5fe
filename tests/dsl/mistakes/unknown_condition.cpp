// expect: unknown hyper-parameter dorp; defined: drop
#include <ingot/dsl.hpp>
using namespace ingot;
using namespace ingot::literals;

#ifdef MISTAKE
constexpr auto m = model(input(28, 28) | flatten | when("drop"_hp = flag, dropout(0.1)) | when("dorp"_hp, dropout(0.2)) | dense(10), sparse_categorical_crossentropy(from_logits));
#else
constexpr auto m = model(input(28, 28) | flatten | when("drop"_hp = flag, dropout(0.1)) | when("drop"_hp, dropout(0.2)) | dense(10), sparse_categorical_crossentropy(from_logits));
#endif
INGOT_SOUND(m);
