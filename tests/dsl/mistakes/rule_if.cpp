// expect-gcc: use of deleted function 'ingot::rule_condition::operator bool() const'
// expect-clang: attempt to use a deleted function
#include <ingot/dsl.hpp>
using namespace ingot;
using namespace ingot::literals;

#ifdef MISTAKE
constexpr auto m = model(input(4) | dense(8, elementwise([](auto x) { return x > 0 ? x : 0.1 * x; })) | dense(1), mse);
#else
constexpr auto m = model(input(4) | dense(8, elementwise([](auto x) { return select(x > 0, x, 0.1 * x); })) | dense(1), mse);
#endif
INGOT_SOUND(m);
