// What happens to rows between file and step: cache(memory) or cache(file), augment(random_flip(horizontal), random_rotation(0.1)),
// mixup(0.2), cutmix(1.0). Rows are decoded, cached, shuffled, augmented and mixed in this order, whatever the order of the parts; only
// cache must stand before augment, since a cache of augmented rows would show the same ones in every epoch. Validation and inference see
// no augmentation. A factor is a number f, for -f .. f, or between(a, b). Parameters are Keras's; every number may be a hyper-parameter.
#pragma once
#include <ingot/dsl/recipe.hpp>

#include <tuple>

namespace ingot {

/// A range to draw from, uniformly.
template <class A, class B>
struct between {
  A low;
  B high;
  static constexpr int rows = detail::rows_of<A> + detail::rows_of<B>;
  constexpr between(A a, B b) : low(a), high(b) {}
};
/// Outside of an image is this value.
template <class T>
struct fill_with {
  T value;
  static constexpr int rows = detail::rows_of<T>;
  constexpr explicit fill_with(T v) : value(v) {}
};
inline constexpr fill_kind reflect = fill_kind::reflect, wrap = fill_kind::wrap, nearest = fill_kind::nearest;
inline constexpr flip_kind horizontal = flip_kind::horizontal, vertical = flip_kind::vertical, horizontal_and_vertical = flip_kind::both;
inline constexpr cache_kind memory = cache_kind::memory, file = cache_kind::file;

namespace detail {

template <class T>
inline constexpr bool is_factor = num_arg<T>;
template <class A, class B>
inline constexpr bool is_factor<between<A, B>> = num_arg<A> && num_arg<B>;
template <class T>
inline constexpr bool is_fill = std::same_as<T, fill_kind>;
template <class T>
inline constexpr bool is_fill<fill_with<T>> = num_arg<T>;

/// One augmentation: its numbers are in `of`.
template <int K>
struct augmentation : own_rows<K> {
  augment_t of{};

  constexpr void put_into(augment_t& a, row_sink& sink) const {
    const auto move = this->append_to(sink);
    a = of;
    for (num& n : a.value) move(n);
    move(a.fill_value);
  }
};
template <class T>
inline constexpr bool is_augmentation = false;
template <int K>
inline constexpr bool is_augmentation<augmentation<K>> = true;

template <class T>
constexpr void take_range(augment_t& a, const T& x, row_sink& sink) {
  const int k = a.ranges++;
  if constexpr (num_arg<T>) {
    a.mirrored = static_cast<std::uint8_t>(a.mirrored | 1U << k);
    set(a.value[2 * k + 1], x, sink);
  } else {
    set(a.value[2 * k], x.low, sink);
    set(a.value[2 * k + 1], x.high, sink);
  }
}
template <class T>
constexpr void take_ranged(augment_t& a, const T& x, row_sink& sink) {
  if constexpr (is_factor<T>) {
    take_range(a, x, sink);
  } else if constexpr (std::same_as<T, fill_kind>) {
    a.fill = x;
  } else {
    a.fill = fill_kind::constant;
    set(a.fill_value, x.value, sink);
  }
}
template <class... A>
inline constexpr int factors_in = (0 + ... + (is_factor<A> ? 1 : 0));

template <augment_kind Kind, class... A>
constexpr auto ranged(const A&... arguments) {
  augmentation<(0 + ... + rows_of<A>)> made;
  made.of.kind = Kind;
  [[maybe_unused]] row_sink sink{made.hps};
  (take_ranged(made.of, arguments, sink), ...);
  return made;
}
template <augment_kind Kind, class... A>
constexpr auto listed(const A&... numbers) {
  augmentation<(0 + ... + rows_of<A>)> made;
  made.of.kind = Kind;
  [[maybe_unused]] row_sink sink{made.hps};
  int at = 0;
  (set(made.of.value[at++], numbers, sink), ...);
  return made;
}
/// The words of augmentations: of one to `Most` factors and a fill, of one factor, of one number.
template <augment_kind Kind, int Most>
struct movement_word {
  template <class... A>
    requires(... && (is_factor<A> || is_fill<A>)) && (1 <= factors_in<A...>) && (factors_in<A...> <= Most)
  constexpr auto operator()(A... arguments) const {
    return ranged<Kind>(arguments...);
  }
};
template <augment_kind Kind>
struct factor_word {
  template <class F>
    requires is_factor<F>
  constexpr auto operator()(F factor) const {
    return ranged<Kind>(factor);
  }
};
template <augment_kind Kind>
struct number_word {
  template <num_arg T>
  constexpr auto operator()(T number) const {
    return listed<Kind>(number);
  }
};

struct cache_part {
  cache_kind kind;
  constexpr void put(recipe_sink& s) const {
    s.claim(slot_cache, "cache");
    s.cache_late = (s.seen >> slot_augment & 1U) != 0;
    s.recipe->craft.cache = kind;
  }
};
template <class L, class H>
struct value_range_option {
  L low;
  H high;
  static constexpr int rows = rows_of<L> + rows_of<H>;
};
template <class T>
inline constexpr bool is_value_range = false;
template <class L, class H>
inline constexpr bool is_value_range<value_range_option<L, H>> = true;

template <class... A>
struct augment_part {
  static constexpr int rows = (0 + ... + rows_of<A>);
  std::tuple<A...> of;
  constexpr void put(recipe_sink& s) const {
    s.claim(slot_augment, "augment");
    std::apply([&s](const auto&... a) { (take(s, a), ...); }, of);
  }

 private:
  template <int K>
  static constexpr void take(recipe_sink& s, const augmentation<K>& a) {
    augment_t beyond{};
    craft_t& craft = s.recipe->craft;
    const bool fits = s.n_augmentations++ < max_augmentations;
    a.put_into(fits ? craft.augment[craft.n_augmentations++] : beyond, *s.rows);
  }
  template <class L, class H>
  static constexpr void take(recipe_sink& s, const value_range_option<L, H>& range) {
    set(s.recipe->craft.pixel_low, range.low, *s.rows);
    set(s.recipe->craft.pixel_high, range.high, *s.rows);
  }
};

template <int Slot, class T>
struct mix_part {
  T alpha;
  static constexpr int rows = rows_of<T>;
  constexpr void put(recipe_sink& s) const {
    s.claim(Slot, Slot == slot_mixup ? "mixup" : "cutmix");
    set(Slot == slot_mixup ? s.recipe->craft.mixup : s.recipe->craft.cutmix, alpha, *s.rows);
  }
};

}  // namespace detail

/// Decoded and preprocessed rows are kept in memory, or in a file that later runs and other processes read.
constexpr detail::cache_part cache(cache_kind kind) { return {kind}; }

/// Mirrors an image with probability 1/2.
constexpr detail::augmentation<0> random_flip(flip_kind direction = flip_kind::horizontal) {
  detail::augmentation<0> made;
  made.of.flip = direction;
  return made;
}
/// random_rotation(factor, fill): by factor turns, counter-clockwise.
inline constexpr detail::movement_word<augment_kind::rotation, 1> random_rotation{};
/// random_zoom(height factor, width factor, fill): above 0 the image gets smaller. One factor keeps the aspect.
inline constexpr detail::movement_word<augment_kind::zoom, 2> random_zoom{};
/// random_translation(height factor, width factor, fill): shares of the size, down and to the right. One factor is that of both.
inline constexpr detail::movement_word<augment_kind::translation, 2> random_translation{};
/// random_shear(x factor, y factor, fill): reads at x + factor * y and y + factor * x, from the centre. One factor is that of both.
inline constexpr detail::movement_word<augment_kind::shear, 2> random_shear{};
/// random_crop(padding): a window of the old size out of the image with so many pixels of the value 0 on each side. (Keras's RandomCrop
/// makes images smaller.)
inline constexpr detail::number_word<augment_kind::crop> random_crop{};
/// random_brightness(factor): adds factor * width of the value range.
inline constexpr detail::factor_word<augment_kind::brightness> random_brightness{};
/// random_contrast(factor): multiplies the distance from the channel's mean by 1 + factor.
inline constexpr detail::factor_word<augment_kind::contrast> random_contrast{};
/// random_hue(factor): turns the colours by factor * 180 degrees; of three channels.
inline constexpr detail::factor_word<augment_kind::hue> random_hue{};
/// random_saturation(factor): multiplies HSV's saturation by 1 + factor; of three channels.
inline constexpr detail::factor_word<augment_kind::saturation> random_saturation{};
/// With this probability, a rectangle becomes 0 whose height and width are square roots of shares between `smallest` and `largest` of the
/// image's (Zhong et al. 2017, as Keras draws it).
template <num_arg P, num_arg A = double, num_arg B = double>
constexpr auto random_erasing(P probability, A smallest = 0.02, B largest = 0.33) {
  return detail::listed<augment_kind::erasing>(probability, smallest, largest);
}
/// random_noise(deviation): adds normal noise with a deviation of this share of the value range to each value.
inline constexpr detail::number_word<augment_kind::noise> random_noise{};
/// For augment: what values lie between, and are clipped to; 0 .. 255 by default.
template <num_arg L, num_arg H>
constexpr detail::value_range_option<L, H> value_range(L low, H high) {
  return {low, high};
}

template <class T>
inline constexpr bool for_augment = detail::is_augmentation<T> || detail::is_value_range<T>;
/// The augmentations of training rows, applied in this order, before `rescale` and `standardize`.
template <class... A>
constexpr auto augment(const A&... steps) {
  static_assert((... && for_augment<A>), "augment(steps...): a step is neither random_...(...) nor value_range(low, high)");
  return detail::augment_part<A...>{{steps...}};
}

/// Each row of a batch and its target are mixed with another one's, by a share from Beta(alpha, alpha) (Zhang et al. 2018). Targets of
/// classes become distributions over them, sparse_categorical_crossentropy the categorical one: the loss is the shares of both. With
/// cutmix beside it, a coin decides for each batch.
template <num_arg T>
constexpr detail::mix_part<detail::slot_mixup, T> mixup(T alpha) {
  return {alpha};
}
/// A rectangle of each image comes from another one, targets are mixed by the pixels (Yun et al. 2019).
template <num_arg T>
constexpr detail::mix_part<detail::slot_cutmix, T> cutmix(T alpha) {
  return {alpha};
}

}  // namespace ingot
