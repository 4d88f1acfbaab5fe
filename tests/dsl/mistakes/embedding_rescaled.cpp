// expect: embedding embedding_1 (op 1, line 7): reads token numbers, which rescale and standardize would change: leave these out
#include <ingot/dsl.hpp>
using namespace ingot;
using namespace ingot::literals;

#ifdef MISTAKE
constexpr auto m = model(input(8) | embedding(10, 3), mse, rescale(1 / 255.));
#else
constexpr auto m = model(input(8) | embedding(10, 3), mse);
#endif
INGOT_SOUND(m);
