// expect: early_stopping watches val_auc, which the recipe does not measure; add it to metrics(...)
#include <ingot/dsl.hpp>
using namespace ingot;
using namespace ingot::literals;

#ifdef MISTAKE
constexpr auto m = model(input(8) | dense(3), sparse_categorical_crossentropy(from_logits), metrics(f1), early_stopping{val_auc, 3});
#else
constexpr auto m = model(input(8) | dense(3), sparse_categorical_crossentropy(from_logits), metrics(f1, auc), early_stopping{val_auc, 3});
#endif
INGOT_SOUND(m);
