// Token numbers for the conformance suite: some lie beyond the vocabulary, and many rows name the same token.
#include <ingot/dsl.hpp>

using namespace ingot;

inline constexpr auto conformance_words = model(input(12) | embedding(200, 6).as("words") | flatten | dense(1).as("logits"),
                                                binary_crossentropy(from_logits), adam(0.01), batch(8), epochs(3));

INGOT_EXPORT(conformance_words);
