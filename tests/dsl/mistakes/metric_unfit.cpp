// expect: no output can have the metric r2: it is for losses of values
#include <ingot/dsl.hpp>
using namespace ingot;
using namespace ingot::literals;

#ifdef MISTAKE
constexpr auto m = model(input(8) | dense(3), sparse_categorical_crossentropy(from_logits), metrics(r2));
#else
constexpr auto m = model(input(8) | dense(3), sparse_categorical_crossentropy(from_logits), metrics(top_k(2)));
#endif
INGOT_SOUND(m);
