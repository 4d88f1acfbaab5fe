// The recipe of the flat definition, its craft: cached and augmented data, mixed batches, pruning, precision (flat.hpp has the
// invariants of the whole). No member is a bool: every byte of an enumeration is checked against its last value.
#pragma once
#include <ingot/dsl/flat_number.hpp>

namespace ingot {

enum class time_unit : std::uint8_t { updates, epochs };
/// A length of training; 0 updates: all of the run.
struct duration_t {
  num n{};
  time_unit unit = time_unit::updates;
};

/// Where decoded and preprocessed rows are kept between epochs; file: between runs too.
enum class cache_kind : std::uint8_t { none, memory, file };

enum class augment_kind : std::uint8_t {
  flip,
  rotation,     ///< range 0: turns, counter-clockwise
  zoom,         ///< range 0: height, 1: width; 1 + the factor is the size seen, so above 0 shrinks what is seen
  translation,  ///< range 0: down, 1: to the right, as shares of height and width
  shear,        ///< range 0: along x, 1: along y
  crop,         ///< value[0]: pixels of padding on each side, of which a window of the old size is cut
  brightness,   ///< range 0: shares of the width of pixel_low .. pixel_high
  contrast,     ///< range 0: 1 + the factor multiplies the distance to the channel's mean
  hue,          ///< range 0: half turns of the colour circle
  saturation,   ///< range 0: 1 + the factor multiplies HSV's saturation
  erasing,      ///< value[0]: probability; value[1], value[2]: smallest and largest share, whose roots the sides are
  noise         ///< value[0]: deviation, as a share of the width of pixel_low .. pixel_high
};
inline constexpr augment_kind last_augment = augment_kind::noise;
/// What lies outside of an image.
enum class fill_kind : std::uint8_t { reflect, constant, wrap, nearest };
/// both: one draw turns the image by 180 degrees, as Keras's horizontal_and_vertical does.
enum class flip_kind : std::uint8_t { horizontal, vertical, both };
struct augment_t {
  augment_kind kind = augment_kind::flip;
  fill_kind fill = fill_kind::reflect;
  flip_kind flip = flip_kind::horizontal;
  std::uint8_t ranges = 0;    ///< how many were given; zoom with one has the same draw for both axes, the others draw twice from it
  std::uint8_t mirrored = 0;  ///< bit k: range k goes from -value[2 k + 1] to value[2 k + 1]
  num value[4]{};             ///< range k: value[2 k] .. value[2 k + 1], uniform
  num fill_value{};
};
inline constexpr int max_augmentations = 12;

enum class prune_form : std::uint8_t { none, unstructured, block, n_of_m, filters };
enum class prune_schedule : std::uint8_t { constant, polynomial };
enum class prune_scope : std::uint8_t { tensor, global };  ///< global: one threshold for all pruned tensors
enum class prune_pool : std::uint8_t { mean, max };        ///< of |w| over a block
inline constexpr int max_pruned = 8;
/// Weights that are forced to 0. After `begin`, every `frequency` updates and at `end` the smallest so far are chosen.
struct prune_t {
  prune_form form = prune_form::none;
  prune_schedule schedule = prune_schedule::constant;
  prune_scope scope = prune_scope::tensor;
  prune_pool pool = prune_pool::mean;
  std::int32_t rows = 1, columns = 1;  ///< block: its extents; n_of_m: zeros, out of
  num initial{}, final{};              ///< shares of zeros; constant: final alone
  num power{3, -1, 0};                 ///< final + (initial - final) (1 - progress)^power
  duration_t begin{}, end{};           ///< end 0: all of the run
  duration_t frequency{{100, -1, 0}, time_unit::updates};
  std::int32_t n_layers = 0;  ///< 0: every kernel of dense layers and convolutions but depthwise ones, and every table
  name_t layer[max_pruned]{};
};

enum class precision_kind : std::uint8_t { f32, f16, bf16 };
/// The type of activations and of the operands of contractions; weights, sums, norms and losses stay in f32.
struct precision_t {
  precision_kind compute = precision_kind::f32;
  num loss_scale{32768, -1, 0};  ///< the first one, of f16
  num growth{2000, -1, 0};       ///< f16: updates without overflow after which the scale doubles; 0: it never changes
};

struct craft_t {
  cache_kind cache = cache_kind::none;
  std::int32_t n_augmentations = 0;
  augment_t augment[max_augmentations]{};
  num pixel_low{0, -1, 0}, pixel_high{255, -1, 0};  ///< what augmented pixels are clipped to
  num mixup{}, cutmix{};                            ///< alpha of the Beta distribution; 0: none. With both a coin decides for each batch
  prune_t prune{};
  precision_t precision{};
  std::int32_t gradcheck_every = 0;  ///< updates between checks of the gradient; 0: none
};

enum class constraint_kind : std::uint8_t { none, max_norm, non_negative, unit_norm, min_max_norm };
/// What holds for a kernel or bias after each update; norms are over all axes but the last.
struct constraint_t {
  constraint_kind kind = constraint_kind::none;
  num low{}, high{};   ///< max_norm: high; min_max_norm: both
  num rate{1, -1, 0};  ///< min_max_norm: how far towards the bounds
};

}  // namespace ingot
