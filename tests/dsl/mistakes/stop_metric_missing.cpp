// expect: stop_when watches val_auc, which the recipe does not measure; add it to metrics(...)
#include <ingot/dsl.hpp>
using namespace ingot;
using namespace ingot::literals;

#ifdef MISTAKE
constexpr auto m = model(input(8) | dense(3), sparse_categorical_crossentropy(from_logits), sgd(0.1), metrics(f1), stop_when(val_auc > 0.9));
#else
constexpr auto m = model(input(8) | dense(3), sparse_categorical_crossentropy(from_logits), sgd(0.1), metrics(auc), stop_when(val_auc > 0.9));
#endif
INGOT_SOUND(m);
