// expect: dense dense_1 (op 1, line 7): class_weight gives 3 weights, the output (2) has 2 classes [when n = 2]
#include <ingot/dsl.hpp>
using namespace ingot;
using namespace ingot::literals;

#ifdef MISTAKE
constexpr auto m = model(input(8) | dense("n"_hp = range(2, 3)), sparse_categorical_crossentropy(from_logits), class_weight(1, 2, 3));
#else
constexpr auto m = model(input(8) | dense("n"_hp = range(3, 3)), sparse_categorical_crossentropy(from_logits), class_weight(1, 2, 3));
#endif
INGOT_SOUND(m);
