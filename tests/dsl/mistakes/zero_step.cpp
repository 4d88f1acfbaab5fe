// expect: line 7: hyper-parameter units has the step 0, want at least 1
#include <ingot/dsl.hpp>
using namespace ingot;
using namespace ingot::literals;

#ifdef MISTAKE
constexpr auto m = model(input(28, 28) | flatten | dense("units"_hp = range(32, 512, 0), relu) | dense(10), sparse_categorical_crossentropy(from_logits));
#else
constexpr auto m = model(input(28, 28) | flatten | dense("units"_hp = range(32, 512, 1), relu) | dense(10), sparse_categorical_crossentropy(from_logits));
#endif
INGOT_SOUND(m);
