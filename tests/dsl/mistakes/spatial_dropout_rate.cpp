// expect: spatial_dropout spatial_dropout_1 (op 1, line 7): rate is 1, want 0 <= rate < 1
#include <ingot/dsl.hpp>
using namespace ingot;
using namespace ingot::literals;

#ifdef MISTAKE
constexpr auto m = model(input(8, 8, 4) | spatial_dropout(1), mse);
#else
constexpr auto m = model(input(8, 8, 4) | spatial_dropout(0), mse);
#endif
INGOT_SOUND(m);
