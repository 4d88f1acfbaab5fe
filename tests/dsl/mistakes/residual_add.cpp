// expect: add add_1 (op 3, line 7): cannot add (32x32x64) and shortcut (32x32x32)
#include <ingot/dsl.hpp>
using namespace ingot;
using namespace ingot::literals;

#ifdef MISTAKE
constexpr auto m = model(input(32, 32, 3) | conv2d(32, 3, same, relu) | residual(conv2d(64, 3, same)) | global_avg_pool | dense(10), sparse_categorical_crossentropy(from_logits));
#else
constexpr auto m = model(input(32, 32, 3) | conv2d(32, 3, same, relu) | residual(conv2d(32, 3, same)) | global_avg_pool | dense(10), sparse_categorical_crossentropy(from_logits));
#endif
INGOT_SOUND(m);
