// expect: class weight is -1, want class weight >= 0
#include <ingot/dsl.hpp>
using namespace ingot;
using namespace ingot::literals;

#ifdef MISTAKE
constexpr auto m = model(input(8) | dense(3), sparse_categorical_crossentropy(from_logits), class_weight(1, -1, 3));
#else
constexpr auto m = model(input(8) | dense(3), sparse_categorical_crossentropy(from_logits), class_weight(1, 0, 3));
#endif
INGOT_SOUND(m);
