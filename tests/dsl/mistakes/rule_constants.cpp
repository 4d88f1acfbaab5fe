// expect-type: a rule has more than 8 constants
#include <ingot/dsl.hpp>
using namespace ingot;
using namespace ingot::literals;

#ifdef MISTAKE
constexpr auto m = model(input(4) | dense(8, elementwise([](auto x) { return 1 + x * (2 + x * (3 + x * (4 + x * (5 + x * (6 + x * (7 + x * (8 + x * (9 + x)))))))); })) | dense(1), mse);
#else
constexpr auto m = model(input(4) | dense(8, elementwise([](auto x) { return 1 + x * (2 + x * (3 + x * (4 + x * (5 + x * (6 + x * (7 + x * (8 + x))))))); })) | dense(1), mse);
#endif
INGOT_SOUND(m);
