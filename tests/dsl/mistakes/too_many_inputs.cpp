// expect: 5 inputs, at most 4 are possible
#include <ingot/dsl.hpp>
using namespace ingot;
using namespace ingot::literals;

#ifdef MISTAKE
constexpr auto m = model(concat(input(1), input(2), input(3), input(4), input(5)) | dense(2), mse);
#else
constexpr auto m = model(concat(input(1), input(2), input(3), input(4)) | dense(2), mse);
#endif
INGOT_SOUND(m);
