// expect: dense dense_2 (op 3, line 7): hyper-parameter u is not a choice of activations, but is used as one
#include <ingot/dsl.hpp>
using namespace ingot;
using namespace ingot::literals;

#ifdef MISTAKE
constexpr auto m = model(input(28, 28) | flatten | dense("u"_hp = range(1, 5)) | dense(10, "u"_hp), mse);
#else
constexpr auto m = model(input(28, 28) | flatten | dense("u"_hp = range(1, 5)) | dense(10, "a"_hp = choice(relu, silu)), mse);
#endif
INGOT_SOUND(m);
