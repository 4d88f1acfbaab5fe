// expect-type: a rule captures nothing: write numbers into it, and hyper-parameters by name
#include <ingot/dsl.hpp>
using namespace ingot;
using namespace ingot::literals;

#ifdef MISTAKE
constexpr auto m = model(input(4) | dense(8, elementwise([k = 2.0](auto x) { return k * x; })) | dense(1), mse);
#else
constexpr auto m = model(input(4) | dense(8, elementwise([](auto x) { return 2.0 * x; })) | dense(1), mse);
#endif
INGOT_SOUND(m);
