// expect: concat concat_1 (op 3, line 7): cannot concatenate (14x14x3) and (28x28x4)
#include <ingot/dsl.hpp>
using namespace ingot;
using namespace ingot::literals;

#ifdef MISTAKE
constexpr auto m = model(input(28, 28, 3) | concat(max_pool(2), conv2d(4, 1)) | flatten | dense(10), sparse_categorical_crossentropy(from_logits));
#else
constexpr auto m = model(input(28, 28, 3) | concat(max_pool(2), conv2d(4, 1, strides(2))) | flatten | dense(10), sparse_categorical_crossentropy(from_logits));
#endif
INGOT_SOUND(m);
