// A small network on image files of any size: decoding and resizing them is nearly all of an epoch's work, until they are cached.
#include <ingot/dsl.hpp>

using namespace ingot;

constexpr auto network = input(150, 150, 3) | conv2d(16, 5, strides(3), relu).as("conv1") | max_pool(4) | conv2d(32, 3, relu).as("conv2") |
                         global_max_pool | dense(2).as("logits");

inline constexpr auto caching = model(network, sparse_categorical_crossentropy(from_logits), adam(3e-3), cache(file), batch(32), epochs(5),
                                      validation(0.2), rescale(1 / 127.5, -1));

// The same without a cache: with --memory-limit 0 every epoch decodes the files again.
inline constexpr auto streaming =
    model(network, sparse_categorical_crossentropy(from_logits), adam(3e-3), batch(32), epochs(5), validation(0.2), rescale(1 / 127.5, -1));

INGOT_EXPORT(caching);
INGOT_EXPORT(streaming);
