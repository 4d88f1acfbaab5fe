// expect-type: metrics(words...): a word is none of accuracy, top_k(k), precision, recall, auc, f1, mse, mae, r2
#include <ingot/dsl.hpp>
using namespace ingot;
using namespace ingot::literals;

#ifdef MISTAKE
constexpr auto m = model(input(8) | dense(3), sparse_categorical_crossentropy(from_logits), metrics(relu));
#else
constexpr auto m = model(input(8) | dense(3), sparse_categorical_crossentropy(from_logits), metrics(accuracy));
#endif
INGOT_SOUND(m);
