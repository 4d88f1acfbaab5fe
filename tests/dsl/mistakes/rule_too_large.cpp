// expect-type: a rule has more than 32 steps: split it into several layers
#include <ingot/dsl.hpp>
using namespace ingot;
using namespace ingot::literals;

#ifdef MISTAKE
constexpr auto m = model(input(4) | dense(8, elementwise([](auto x) {
  auto y = x;
  for (int i = 0; i < 40; ++i) y = tanh(x + y);
  return y;
})) | dense(1), mse);
#else
constexpr auto m = model(input(4) | dense(8, elementwise([](auto x) {
  auto y = x;
  for (int i = 0; i < 15; ++i) y = tanh(x + y);
  return y;
})) | dense(1), mse);
#endif
INGOT_SOUND(m);
