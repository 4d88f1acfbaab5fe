// expect: line 7: label smoothing s reaches 1.5, want 0 <= label smoothing <= 1
#include <ingot/dsl.hpp>
using namespace ingot;
using namespace ingot::literals;

#ifdef MISTAKE
constexpr auto m = model(input(8) | dense(3), categorical_crossentropy(from_logits, label_smoothing("s"_hp = range(0.0, 1.5))));
#else
constexpr auto m = model(input(8) | dense(3), categorical_crossentropy(from_logits, label_smoothing("s"_hp = range(0.0, 0.5))));
#endif
INGOT_SOUND(m);
