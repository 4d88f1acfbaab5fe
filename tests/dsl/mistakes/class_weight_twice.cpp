// expect: the recipe says class weights twice
#include <ingot/dsl.hpp>
using namespace ingot;
using namespace ingot::literals;

#ifdef MISTAKE
constexpr auto m = model(input(8) | dense(3), sparse_categorical_crossentropy(from_logits), class_weight(1, 2, 3), balanced_class_weights);
#else
constexpr auto m = model(input(8) | dense(3), sparse_categorical_crossentropy(from_logits), class_weight(1, 2, 3));
#endif
INGOT_SOUND(m);
