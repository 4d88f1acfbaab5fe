// expect: reduce_on_plateau watches val_f1, which the recipe does not measure; add it to metrics(...)
#include <ingot/dsl.hpp>
using namespace ingot;
using namespace ingot::literals;

#ifdef MISTAKE
constexpr auto m = model(input(8) | dense(3), sparse_categorical_crossentropy(from_logits), sgd(0.1), reduce_on_plateau{val_f1});
#else
constexpr auto m = model(input(8) | dense(3), sparse_categorical_crossentropy(from_logits), sgd(0.1), metrics(f1), reduce_on_plateau{val_f1});
#endif
INGOT_SOUND(m);
