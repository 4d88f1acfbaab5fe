// expect-type: a rule has more than 4 hyper-parameters
#include <ingot/dsl.hpp>
using namespace ingot;
using namespace ingot::literals;

#ifdef MISTAKE
constexpr auto m = model(input(4) | dense(8, elementwise([](auto x) {
  return x * ("a"_hp = range(0., 1.)) * ("b"_hp = range(0., 1.)) * ("c"_hp = range(0., 1.)) * ("d"_hp = range(0., 1.)) * ("e"_hp = range(0., 1.));
})) | dense(1), mse);
#else
constexpr auto m = model(input(4) | dense(8, elementwise([](auto x) {
  return x * ("a"_hp = range(0., 1.)) * ("b"_hp = range(0., 1.)) * ("c"_hp = range(0., 1.)) * ("d"_hp = range(0., 1.)) * "a"_hp;
})) | dense(1), mse);
#endif
INGOT_SOUND(m);
