// expect: dense a_name_of_more_than_thirty_one_ (op 2, line 7): layer name a_name_of_more_than_thirty_one_... is longer than 31 characters
#include <ingot/dsl.hpp>
using namespace ingot;
using namespace ingot::literals;

#ifdef MISTAKE
constexpr auto m = model(input(28, 28) | flatten | dense(10).as("a_name_of_more_than_thirty_one_characters") | dense(10), sparse_categorical_crossentropy(from_logits));
#else
constexpr auto m = model(input(28, 28) | flatten | dense(10).as("a_name_of_thirty_one_characters") | dense(10), sparse_categorical_crossentropy(from_logits));
#endif
INGOT_SOUND(m);
