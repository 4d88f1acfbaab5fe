// expect: line 7: hyper-parameter units has a range outside +-2147483647
#include <ingot/dsl.hpp>
using namespace ingot;
using namespace ingot::literals;

#ifdef MISTAKE
constexpr auto m = model(input(28, 28) | flatten | dense("units"_hp = range(1, 3000000000)) | dense(2), mse);
#else
constexpr auto m = model(input(28, 28) | flatten | dense("units"_hp = range(1, 2000000000)) | dense(2), mse);
#endif
INGOT_SOUND(m);
