// expect: dense dense_1 (op 1, line 7): class weights want one output with a loss of classes and one class for each row, this output is (3)
#include <ingot/dsl.hpp>
using namespace ingot;
using namespace ingot::literals;

#ifdef MISTAKE
constexpr auto m = model(input(8) | dense(3), mse, balanced_class_weights);
#else
constexpr auto m = model(input(8) | dense(3), sparse_categorical_crossentropy(from_logits), balanced_class_weights);
#endif
INGOT_SOUND(m);
