// expect: dense dense_1 (op 2, line 7): sparse_categorical_crossentropy wants at least 2 outputs, the network ends in (1)
#include <ingot/dsl.hpp>
using namespace ingot;
using namespace ingot::literals;

#ifdef MISTAKE
constexpr auto m = model(input(28, 28) | flatten | dense(1, softmax), sparse_categorical_crossentropy);
#else
constexpr auto m = model(input(28, 28) | flatten | dense(2, softmax), sparse_categorical_crossentropy);
#endif
INGOT_SOUND(m);
