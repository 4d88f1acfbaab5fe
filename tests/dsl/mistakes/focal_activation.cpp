// expect: dense dense_1 (op 1, line 7): binary_focal_crossentropy(from_logits) does not fit the last activation, sigmoid
#include <ingot/dsl.hpp>
using namespace ingot;
using namespace ingot::literals;

#ifdef MISTAKE
constexpr auto m = model(input(8) | dense(1, sigmoid), binary_focal_crossentropy(from_logits));
#else
constexpr auto m = model(input(8) | dense(1, sigmoid), binary_focal_crossentropy);
#endif
INGOT_SOUND(m);
