// expect: dense dense_1 (op 2, line 7): hyper-parameter u is not an integer, but is used as a size
#include <ingot/dsl.hpp>
using namespace ingot;
using namespace ingot::literals;

#ifdef MISTAKE
constexpr auto m = model(input(28, 28) | flatten | dense("u"_hp = range(0.1, 0.5)) | dense(10), sparse_categorical_crossentropy(from_logits));
#else
constexpr auto m = model(input(28, 28) | flatten | dense("u"_hp = range(1, 5)) | dense(10), sparse_categorical_crossentropy(from_logits));
#endif
INGOT_SOUND(m);
