// Normalization along the last axis: batch_norm, layer_norm. Each is a layer as it stands, and takes options in any order:
// batch_norm(momentum(0.9), epsilon(1e-5), no_scale). momentum() and epsilon() are the words of the optimizers.
#pragma once
#include <ingot/dsl/layers_core.hpp>
#include <ingot/dsl/optimizers.hpp>

namespace ingot {

namespace detail {

struct center_option {
  bool on;
};
struct scale_option {
  bool on;
};
template <class T>
inline constexpr bool is_norm_option = std::same_as<T, center_option> || std::same_as<T, scale_option>;
template <class T>
inline constexpr bool is_norm_option<optimizer_option<optimizer_number::epsilon, T>> = true;

template <class T>
constexpr void apply(op& o, const optimizer_option<optimizer_number::momentum, T>& x, row_sink& sink) {
  set(o.momentum, x.value, sink);
}
template <class T>
constexpr void apply(op& o, const optimizer_option<optimizer_number::epsilon, T>& x, row_sink& sink) {
  set(o.epsilon, x.value, sink);
}
constexpr void apply(op& o, center_option x, row_sink&) { o.center = x.on; }
constexpr void apply(op& o, scale_option x, row_sink&) { o.scale = x.on; }

template <class... O>
constexpr auto norm_layer(op_kind kind, const where& w, const O&... options) {
  block<1, (0 + ... + rows_of<O>)> b;
  b.ops[0] = make_op(kind, line_of(w));
  row_sink sink{b.hps};
  (apply(b.ops[0], options, sink), ...);
  return b;
}

}  // namespace detail

inline constexpr detail::center_option no_center{false};  ///< no beta
inline constexpr detail::scale_option no_scale{false};    ///< no gamma

template <class T>
inline constexpr bool for_layer_norm = detail::is_norm_option<T>;
template <class T>
inline constexpr bool for_batch_norm = detail::is_norm_option<T> || detail::is_momentum_option<T>;

namespace detail {

/// A layer that is also a function of its options. The place of a call cannot stand behind a pack, hence one form per count.
template <op_kind Kind>
struct norm_word : block<1> {
  constexpr norm_word() : block<1>(simple_layer(Kind, 0)) {}
  template <class A>
  constexpr auto operator()(A a, where w = where::current()) const {
    return make(w, a);
  }
  template <class A, class B>
  constexpr auto operator()(A a, B b, where w = where::current()) const {
    return make(w, a, b);
  }
  template <class A, class B, class C>
  constexpr auto operator()(A a, B b, C c, where w = where::current()) const {
    return make(w, a, b, c);
  }
  template <class A, class B, class C, class D>
  constexpr auto operator()(A a, B b, C c, D d, where w = where::current()) const {
    return make(w, a, b, c, d);
  }

 private:
  template <class... O>
  static constexpr auto make(const where& w, const O&... options) {
    constexpr bool batch = Kind == op_kind::batch_norm;
    constexpr bool fits = batch ? (... && for_batch_norm<O>) : (... && for_layer_norm<O>);
    static_assert(!batch || fits, "batch_norm(options...): an option does not apply to a batch_norm layer");
    static_assert(batch || fits, "layer_norm(options...): an option does not apply to a layer_norm layer");
    if constexpr (fits) {
      return norm_layer(Kind, w, options...);
    } else {
      return simple_layer(Kind, line_of(w));
    }
  }
};

}  // namespace detail

/// With the mean and the variance of the batch while training, with moving ones otherwise. Options: momentum (0.99, the
/// weight of the old moving value), epsilon (1e-3), no_center, no_scale.
inline constexpr detail::norm_word<op_kind::batch_norm> batch_norm;
/// With the mean and the variance of each position. Options: epsilon (1e-3), no_center, no_scale.
inline constexpr detail::norm_word<op_kind::layer_norm> layer_norm;

}  // namespace ingot
