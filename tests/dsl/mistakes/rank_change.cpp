// expect: flatten flatten_1 (op 1): a conditional part may not change the rank (here from 2 to 1 axes)
#include <ingot/dsl.hpp>
using namespace ingot;
using namespace ingot::literals;

#ifdef MISTAKE
constexpr auto m = model(input(28, 28) | when("f"_hp = flag, flatten) | dense(10), sparse_categorical_crossentropy(from_logits));
#else
constexpr auto m = model(input(28, 28) | when("f"_hp = flag, dense(10)) | flatten | dense(10), sparse_categorical_crossentropy(from_logits));
#endif
INGOT_SOUND(m);
