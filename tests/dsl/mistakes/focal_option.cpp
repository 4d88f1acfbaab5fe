// expect-type: a loss takes from_logits, label_smoothing(s), and if it is focal, focal_gamma(g) and focal_alpha(a)
#include <ingot/dsl.hpp>
using namespace ingot;
using namespace ingot::literals;

#ifdef MISTAKE
constexpr auto m = model(input(8) | dense(3, softmax), categorical_crossentropy(focal_gamma(2.0)));
#else
constexpr auto m = model(input(8) | dense(3, softmax), categorical_focal_crossentropy(focal_gamma(2.0)));
#endif
INGOT_SOUND(m);
