// expect: line 7: hyper-parameter units has an empty range 512 .. 32
#include <ingot/dsl.hpp>
using namespace ingot;
using namespace ingot::literals;

#ifdef MISTAKE
constexpr auto m = model(input(28, 28) | flatten | dense("units"_hp = range(512, 32, 32), relu) | dense(10), sparse_categorical_crossentropy(from_logits));
#else
constexpr auto m = model(input(28, 28) | flatten | dense("units"_hp = range(32, 512, 32), relu) | dense(10), sparse_categorical_crossentropy(from_logits));
#endif
INGOT_SOUND(m);
