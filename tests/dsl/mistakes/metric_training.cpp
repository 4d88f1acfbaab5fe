// expect: random_search watches f1, which is no mean over rows and is measured on the validation part only; watch val_f1
#include <ingot/dsl.hpp>
using namespace ingot;
using namespace ingot::literals;

#ifdef MISTAKE
constexpr auto m = model(input(8) | dense(3), sparse_categorical_crossentropy(from_logits), metrics(f1), random_search{f1, 3});
#else
constexpr auto m = model(input(8) | dense(3), sparse_categorical_crossentropy(from_logits), metrics(f1), random_search{val_f1, 3});
#endif
INGOT_SOUND(m);
