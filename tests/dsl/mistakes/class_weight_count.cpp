// expect: dense dense_1 (op 1, line 7): class_weight gives 2 weights, the output (3) has 3 classes
#include <ingot/dsl.hpp>
using namespace ingot;
using namespace ingot::literals;

#ifdef MISTAKE
constexpr auto m = model(input(8) | dense(3), sparse_categorical_crossentropy(from_logits), class_weight(1, 2));
#else
constexpr auto m = model(input(8) | dense(3), sparse_categorical_crossentropy(from_logits), class_weight(1, 2, 3));
#endif
INGOT_SOUND(m);
