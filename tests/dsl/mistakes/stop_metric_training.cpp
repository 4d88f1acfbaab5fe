// expect: stop_when watches auc, which is no mean over rows and is measured on the validation part only; watch val_auc
#include <ingot/dsl.hpp>
using namespace ingot;
using namespace ingot::literals;

#ifdef MISTAKE
constexpr auto m = model(input(8) | dense(3), sparse_categorical_crossentropy(from_logits), sgd(0.1), metrics(auc), stop_when(prechelt_gl(5) || auc > 0.9));
#else
constexpr auto m = model(input(8) | dense(3), sparse_categorical_crossentropy(from_logits), sgd(0.1), metrics(auc), stop_when(prechelt_gl(5) || val_auc > 0.9));
#endif
INGOT_SOUND(m);
