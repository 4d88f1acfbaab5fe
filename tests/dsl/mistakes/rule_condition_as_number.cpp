// expect-gcc: no match for 'operator*' (operand types are 'ingot::rule_condition' and 'const ingot::rule_value')
// expect-clang: invalid operands to binary expression ('rule_condition' and 'const ingot::rule_value')
#include <ingot/dsl.hpp>
using namespace ingot;
using namespace ingot::literals;

#ifdef MISTAKE
constexpr auto m = model(input(4) | dense(8, elementwise([](const auto x) { return (x > 0) * x; })) | dense(1), mse);
#else
constexpr auto m = model(input(4) | dense(8, elementwise([](const auto x) { return select(x > 0, x, 0); })) | dense(1), mse);
#endif
INGOT_SOUND(m);
