// expect: 65 hyper-parameters, at most 64 are possible
#include <ingot/dsl.hpp>
using namespace ingot;
using namespace ingot::literals;

#ifdef MISTAKE
constexpr auto m = model(input(4) | repeat<65>([](auto i) { return dense("u"_hp[i] = range(1, 2)); }) | dense(10), sparse_categorical_crossentropy(from_logits));
#else
constexpr auto m = model(input(4) | repeat<64>([](auto i) { return dense("u"_hp[i] = range(1, 2)); }) | dense(10), sparse_categorical_crossentropy(from_logits));
#endif
INGOT_SOUND(m);
