// expect: dense dense_1 (op 1, line 7): activity l2 is -1, want activity l2 >= 0
#include <ingot/dsl.hpp>
using namespace ingot;
using namespace ingot::literals;

#ifdef MISTAKE
constexpr auto m = model(input(8) | dense(4, activity_regularizer(l2(-1))), mse);
#else
constexpr auto m = model(input(8) | dense(4, activity_regularizer(l2(1))), mse);
#endif
INGOT_SOUND(m);
