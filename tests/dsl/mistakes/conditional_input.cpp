// expect: input input (op 0, line 7): an input must be the first op and cannot be conditional
#include <ingot/dsl.hpp>
using namespace ingot;
using namespace ingot::literals;

#ifdef MISTAKE
constexpr auto m = model(when("f"_hp = flag, input(4)) | dense(10), sparse_categorical_crossentropy(from_logits));
#else
constexpr auto m = model(input(4) | when("f"_hp = flag, dense(10)) | dense(10), sparse_categorical_crossentropy(from_logits));
#endif
INGOT_SOUND(m);
