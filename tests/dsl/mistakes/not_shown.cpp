// expect: add add_1 (op 3, line 7): not shown for the whole search space (too many points to visit; tie sizes or search fewer): main path, from (32x32x1), and shortcut, to (32x32x512), are always equal
#include <ingot/dsl.hpp>
using namespace ingot;
using namespace ingot::literals;

#ifdef MISTAKE
constexpr auto m = model(input(32, 32, 3) | conv2d("a"_hp = range(1, 512), 3, same) | residual(conv2d("b"_hp = range(1, 512), 3, same)) | flatten | dense(10), sparse_categorical_crossentropy(from_logits));
#else
constexpr auto m = model(input(32, 32, 3) | conv2d("a"_hp = range(1, 512), 3, same) | residual(conv2d("a"_hp, 3, same)) | flatten | dense(10), sparse_categorical_crossentropy(from_logits));
#endif
INGOT_SOUND(m);
