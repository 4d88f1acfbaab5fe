// expect: hyper-parameter r is neither a flag nor an integer, but is used as a condition
#include <ingot/dsl.hpp>
using namespace ingot;
using namespace ingot::literals;

#ifdef MISTAKE
constexpr auto m = model(input(28, 28) | flatten | dropout("r"_hp = range(0.1, 0.2)) | when("r"_hp, dense(10)) | dense(10), sparse_categorical_crossentropy(from_logits));
#else
constexpr auto m = model(input(28, 28) | flatten | dropout("r"_hp = range(0.1, 0.2)) | when("f"_hp = flag, dense(10)) | dense(10), sparse_categorical_crossentropy(from_logits));
#endif
INGOT_SOUND(m);
