#include <ingot/dsl.hpp>

using namespace ingot;
using namespace ingot::literals;

// A small network on photographs of any size: decoding and resizing them is nearly all of an epoch's work, until they are cached.
inline constexpr auto caching = model(
    input(150, 150, 3)
      | conv2d(8, 3, strides(4), relu).as("conv")
      | max_pool(4)
      | flatten
      | dense(2).as("logits"),
    sparse_categorical_crossentropy(from_logits),
    adam(1e-3),
    cache(file),
    batch(32), epochs(5), validation(0.1), rescale(1 / 255.));

INGOT_EXPORT(caching);
