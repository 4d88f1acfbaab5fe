// expect-gcc: no match for 'operator*'
// expect-clang: invalid operands to binary expression
#include <ingot/dsl.hpp>
using namespace ingot;
using namespace ingot::literals;

#ifdef MISTAKE
constexpr auto m = model(input(28, 28) | flatten | dense(("w"_hp = range(1, 2))) | dense(("w"_hp + 1) * 2), mse);
#else
constexpr auto m = model(input(28, 28) | flatten | dense(("w"_hp = range(1, 2))) | dense("w"_hp * 2 + 2), mse);
#endif
INGOT_SOUND(m);
