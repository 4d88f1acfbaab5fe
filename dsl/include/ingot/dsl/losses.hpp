// Losses. Each is a part of the recipe by itself, or stands in output(layer, loss). Options come in parentheses, in any order;
// every number may be a hyper-parameter. Formulas and defaults are Keras 3's (keras/src/losses/losses.py): the mean over the
// last axis where nothing else is said, then the mean over the rows.
//
//   sparse_categorical_crossentropy, categorical_crossentropy, binary_crossentropy: from_logits, label_smoothing(s)
//   binary_focal_crossentropy, categorical_focal_crossentropy: also focal_gamma(g), focal_alpha(a)
//   mse, mae, huber(delta), msle, mape, log_cosh, poisson, hinge, squared_hinge
//   kl_divergence, cosine_similarity: sums over the last axis
//   loss_fn([](auto prediction, auto target) { ... }): a rule of one's own (expression.hpp)
//
// Keras has no smoothing of sparse labels: here it is that of their one-hot form.
#pragma once
#include <ingot/dsl/expression.hpp>
#include <ingot/dsl/recipe.hpp>

namespace ingot {

namespace detail {

struct from_logits_t {};
/// Which number of a loss an option sets.
template <num loss_t::* Which, class T>
struct loss_option {
  T value;
  static constexpr int rows = rows_of<T>;
};

template <class T>
inline constexpr bool is_crossentropy_option = std::same_as<T, from_logits_t>;
template <class T>
inline constexpr bool is_crossentropy_option<loss_option<&loss_t::smoothing, T>> = true;
template <class T>
inline constexpr bool is_focal_option = is_crossentropy_option<T>;
template <class T>
inline constexpr bool is_focal_option<loss_option<&loss_t::gamma, T>> = true;
template <class T>
inline constexpr bool is_focal_option<loss_option<&loss_t::alpha, T>> = true;

/// A loss with its options erased: its numbers with K rows of their own.
template <int K>
struct loss_word {
  loss_t loss{};
  hp_t hps[K != 0 ? K : 1]{};
  static constexpr int rows = K;

  constexpr void take(from_logits_t, row_sink&) { loss.from_logits = true; }
  template <num loss_t::* Which, class T>
  constexpr void take(const loss_option<Which, T>& o, row_sink& own) {
    set(loss.*Which, o.value, own);
    if (Which == &loss_t::alpha && loss.kind == loss_kind::binary_focal_crossentropy) loss.balance = true;
  }
  constexpr void put_loss(loss_t& l, row_sink& s) const {
    const int offset = s.n;
    for (int i = 0; i < K; ++i) s.rows[s.n++] = hps[i];
    l = loss;
    for_each_loss_number(l, [&](num& n) {
      if (n.hp >= 0) n.hp += offset;
    });
  }
  constexpr void put(recipe_sink& s) const {
    ++s.n_losses;
    put_loss(s.recipe->loss[0], *s.rows);
  }
};

/// A loss without options, given as it is.
template <loss_kind Kind>
struct plain_loss {
  constexpr void put_loss(loss_t& l, row_sink&) const { l.kind = Kind; }
  constexpr void put(recipe_sink& s) const {
    ++s.n_losses;
    put_loss(s.recipe->loss[0], *s.rows);
  }
};

template <loss_kind Kind, class... O>
constexpr auto with_options(int line, const O&... options) {
  loss_word<(0 + ... + rows_of<O>)> word;
  word.loss.kind = Kind;
  word.loss.line = line;
  [[maybe_unused]] row_sink own{word.hps};
  (word.take(options, own), ...);
  return word;
}

/// Overloads instead of a pack: the line of the call has to follow the options.
template <loss_kind Kind>
struct crossentropy : plain_loss<Kind> {
  template <class T>
  static constexpr bool takes =
      Kind == loss_kind::binary_focal_crossentropy || Kind == loss_kind::categorical_focal_crossentropy ? is_focal_option<T>
                                                                                                        : is_crossentropy_option<T>;
  template <class A>
  constexpr auto operator()(A a, where w = where::current()) const {
    return made(line_of(w), a);
  }
  template <class A, class B>
    requires(!std::same_as<B, where>)
  constexpr auto operator()(A a, B b, where w = where::current()) const {
    return made(line_of(w), a, b);
  }
  template <class A, class B, class C>
    requires(!std::same_as<C, where>)
  constexpr auto operator()(A a, B b, C c, where w = where::current()) const {
    return made(line_of(w), a, b, c);
  }
  template <class A, class B, class C, class D>
    requires(!std::same_as<D, where>)
  constexpr auto operator()(A a, B b, C c, D d, where w = where::current()) const {
    return made(line_of(w), a, b, c, d);
  }

 private:
  template <class... O>
  static constexpr auto made(int line, const O&... options) {
    static_assert((... && takes<O>), "a loss takes from_logits, label_smoothing(s), and if it is focal, focal_gamma(g) and focal_alpha(a)");
    if constexpr ((... && takes<O>)) {
      return with_options<Kind>(line, options...);
    } else {
      return plain_loss<Kind>{};
    }
  }
};

}  // namespace detail

/// The network ends in unnormalised scores, not in probabilities.
inline constexpr detail::from_logits_t from_logits{};
/// Targets y become y (1 - s) + s / classes; for binary losses y (1 - s) + s / 2.
template <num_arg T>
constexpr detail::loss_option<&loss_t::smoothing, T> label_smoothing(T s) {
  return {s};
}
/// The exponent of (1 - p) in focal losses; 2 by default.
template <num_arg T>
constexpr detail::loss_option<&loss_t::gamma, T> focal_gamma(T g) {
  return {g};
}
/// Categorical: a factor of the loss, 0.25 by default. Binary: class 1 is weighed by a, class 0 by 1 - a; not weighed by default.
template <num_arg T>
constexpr detail::loss_option<&loss_t::alpha, T> focal_alpha(T a) {
  return {a};
}

inline constexpr detail::crossentropy<loss_kind::sparse_categorical_crossentropy> sparse_categorical_crossentropy{};
inline constexpr detail::crossentropy<loss_kind::categorical_crossentropy> categorical_crossentropy{};
inline constexpr detail::crossentropy<loss_kind::binary_crossentropy> binary_crossentropy{};
inline constexpr detail::crossentropy<loss_kind::binary_focal_crossentropy> binary_focal_crossentropy{};
inline constexpr detail::crossentropy<loss_kind::categorical_focal_crossentropy> categorical_focal_crossentropy{};

inline constexpr detail::plain_loss<loss_kind::mse> mse{};
inline constexpr detail::plain_loss<loss_kind::mae> mae{};
inline constexpr detail::plain_loss<loss_kind::msle> msle{};                    ///< (log(1 + p) - log(1 + y))^2
inline constexpr detail::plain_loss<loss_kind::mape> mape{};                    ///< 100 |p - y| / |y|
inline constexpr detail::plain_loss<loss_kind::log_cosh> log_cosh{};            ///< log(cosh(p - y))
inline constexpr detail::plain_loss<loss_kind::kl_divergence> kl_divergence{};  ///< y log(y / p), summed; of probabilities
inline constexpr detail::plain_loss<loss_kind::poisson> poisson{};              ///< p - y log(p)
inline constexpr detail::plain_loss<loss_kind::hinge> hinge{};                  ///< max(1 - y p, 0); labels -1 and 1, or 0 and 1
inline constexpr detail::plain_loss<loss_kind::squared_hinge> squared_hinge{};
inline constexpr detail::plain_loss<loss_kind::cosine_similarity> cosine_similarity{};  ///< -cos(y, p)

/// 0.5 e^2 where |e| <= delta, else delta |e| - 0.5 delta^2; huber(1.0).
template <num_arg D>
struct huber {
  D delta;
  static constexpr int rows = detail::rows_of<D>;
  constexpr explicit huber(D d) : delta(d) {}
  constexpr void put_loss(loss_t& l, detail::row_sink& sink) const {
    l.kind = loss_kind::huber;
    detail::set(l.delta, delta, sink);
  }
  constexpr void put(detail::recipe_sink& s) const {
    ++s.n_losses;
    put_loss(s.recipe->loss[0], *s.rows);
  }
};

/// The mean over the last axis of a rule of one's own, which is differentiated by the prediction. Targets are numbers as the outputs are.
template <class F>
struct loss_fn {
  static constexpr int rows = detail::traced<F, 2>.numbers;
  int line;
  constexpr explicit loss_fn(F, where w = where::current()) : line(detail::line_of(w)) {}
  constexpr void put_loss(loss_t& l, detail::row_sink& sink) const {
    l.kind = loss_kind::own;
    l.line = line;
    detail::put_rule(l.rule, detail::traced<F, 2>, sink);
  }
  constexpr void put(detail::recipe_sink& s) const {
    ++s.n_losses;
    put_loss(s.recipe->loss[0], *s.rows);
  }
};

}  // namespace ingot
