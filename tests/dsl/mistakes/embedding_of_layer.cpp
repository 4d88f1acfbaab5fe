// expect: embedding embedding_1 (op 2, line 7): wants the token numbers of an input(...), without a layer in between
#include <ingot/dsl.hpp>
using namespace ingot;
using namespace ingot::literals;

#ifdef MISTAKE
constexpr auto m = model(input(8) | dense(4) | embedding(10, 3), mse);
#else
constexpr auto m = model(input(8) | embedding(10, 3), mse);
#endif
INGOT_SOUND(m);
