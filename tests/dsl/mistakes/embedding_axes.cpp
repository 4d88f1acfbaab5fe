// expect: embedding embedding_1 (op 1, line 7): wants one axis of token numbers, gets (8x2)
#include <ingot/dsl.hpp>
using namespace ingot;
using namespace ingot::literals;

#ifdef MISTAKE
constexpr auto m = model(input(8, 2) | embedding(10, 3), mse);
#else
constexpr auto m = model(input(8) | embedding(10, 3), mse);
#endif
INGOT_SOUND(m);
