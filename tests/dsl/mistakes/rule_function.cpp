// expect-gcc: use of deleted function 'ingot::unknown_to_rules ingot::sin(rule_value)'
// expect-clang: call to deleted function 'sin'
#include <ingot/dsl.hpp>
using namespace ingot;
using namespace ingot::literals;

#ifdef MISTAKE
constexpr auto m = model(input(4) | dense(8, elementwise([](auto x) { return sin(x); })) | dense(1), mse);
#else
constexpr auto m = model(input(4) | dense(8, elementwise([](auto x) { return tanh(x); })) | dense(1), mse);
#endif
INGOT_SOUND(m);
