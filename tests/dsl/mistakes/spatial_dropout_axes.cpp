// expect: spatial_dropout spatial_dropout_1 (op 1, line 7): wants steps x channels or height x width x channels, gets (8)
#include <ingot/dsl.hpp>
using namespace ingot;
using namespace ingot::literals;

#ifdef MISTAKE
constexpr auto m = model(input(8) | spatial_dropout(0.5), mse);
#else
constexpr auto m = model(input(8, 1) | spatial_dropout(0.5), mse);
#endif
INGOT_SOUND(m);
