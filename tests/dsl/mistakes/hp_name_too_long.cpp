// expect: line 7: hyper-parameter name a_name_of_more_than_thirty_one_... is longer than 31 characters
#include <ingot/dsl.hpp>
using namespace ingot;
using namespace ingot::literals;

#ifdef MISTAKE
constexpr auto m = model(input(28, 28) | flatten | dense("a_name_of_more_than_thirty_one_characters"_hp = range(1, 2)) | dense(10), sparse_categorical_crossentropy(from_logits));
#else
constexpr auto m = model(input(28, 28) | flatten | dense("a_name_of_thirty_one_characters"_hp = range(1, 2)) | dense(10), sparse_categorical_crossentropy(from_logits));
#endif
INGOT_SOUND(m);
