// Typed parameters: p["hidden"_layer].kernel is tensor<float, 784, dyn>. params<model> is a Hana map of all layers, for
// models of some dozen layers; param_view<model> makes the same types on demand, for large ones.
#pragma once
#include <boost/hana/at_key.hpp>
#include <boost/hana/contains.hpp>
#include <boost/hana/map.hpp>
#include <boost/hana/pair.hpp>
#include <ingot/dsl/typed/names.hpp>
#include <ingot/dsl/typed/tensors.hpp>

namespace ingot {

namespace detail {

template <class T, int Out, bool On>
struct bias_param {
  tensor<T, Out> bias;
};
template <class T, int Out>
struct bias_param<T, Out, false> {};
template <class T, int C, bool On>
struct gamma_param {
  tensor<T, C> gamma;
};
template <class T, int C>
struct gamma_param<T, C, false> {};
template <class T, int C, bool On>
struct beta_param {
  tensor<T, C> beta;
};
template <class T, int C>
struct beta_param<T, C, false> {};

}  // namespace detail

/// dense and convolutions: `kernel`, with the axes K, and `bias` of Out unless the layer has none.
template <class T, int Out, bool Bias, int... K>
struct kernel_params : detail::bias_param<T, Out, Bias> {
  tensor<T, K...> kernel;
};
/// `gamma` and `beta` unless switched off.
template <class T, int C, bool Scale, bool Center>
struct layer_norm_params : detail::gamma_param<T, C, Scale>, detail::beta_param<T, C, Center> {};
/// The moving ones are state, not trained.
template <class T, int C, bool Scale, bool Center>
struct batch_norm_params : layer_norm_params<T, C, Scale, Center> {
  tensor<T, C> moving_mean, moving_variance;
};
template <class T, int Vocabulary, int Width>
struct embedding_params {
  tensor<T, Vocabulary, Width> table;
};
struct no_params {};

namespace detail {

/// A size as an extent of a type.
constexpr int static_size(const dim& d) { return d.hp >= 0 ? dyn : d.k; }
constexpr int static_product(int a, int b) { return a == dyn || b == dyn ? dyn : a * b; }
constexpr int static_quotient(int a, int b) { return a == dyn || b == dyn ? dyn : a / b; }

template <const auto& M, int I, class T>
constexpr auto op_params() {
  constexpr const op& o = M.ops[I];
  constexpr op_kind kind = o.kind;
  if constexpr (!has_params(kind)) {
    return no_params{};
  } else {
    constexpr const shape& in = static_shapes<M>[o.in[0]];
    // a guarded layer's own width: its output also covers the case that it is off
    constexpr int from = in.d[in.rank - 1], to = static_size(o.size[0]);
    constexpr int h = static_size(o.kernel[0]), w = static_size(o.kernel[1]), part = static_quotient(from, static_size(o.groups));
    if constexpr (kind == op_kind::dense) {
      return kernel_params<T, to, o.use_bias, from, to>{};
    } else if constexpr (kind == op_kind::conv2d) {
      return kernel_params<T, to, o.use_bias, h, w, part, to>{};
    } else if constexpr (kind == op_kind::conv1d) {
      return kernel_params<T, to, o.use_bias, h, part, to>{};
    } else if constexpr (kind == op_kind::conv2d_transpose) {
      return kernel_params<T, to, o.use_bias, h, w, to, from>{};
    } else if constexpr (kind == op_kind::depthwise_conv2d) {
      return kernel_params<T, static_product(from, to), o.use_bias, h, w, from, to>{};
    } else if constexpr (kind == op_kind::batch_norm) {
      return batch_norm_params<T, from, o.scale, o.center>{};
    } else if constexpr (kind == op_kind::layer_norm) {
      return layer_norm_params<T, from, o.scale, o.center>{};
    } else {
      return embedding_params<T, to, static_size(o.size[1])>{};
    }
  }
}

template <int N>
struct op_list {
  int n = 0;
  int at[N]{};
};
template <const auto& M>
consteval auto param_ops() {
  op_list<M.n_ops> r;
  for (int i = 0; i < M.n_ops; ++i)
    if (has_params(M.ops[i].kind)) r.at[r.n++] = i;
  return r;
}
template <const auto& M, class T>
constexpr auto make_params() {
  constexpr auto list = param_ops<M>();
  return []<int... I>(std::integer_sequence<int, I...>) {
    return hana::make_map(hana::make_pair(layer_type<layer_name<M, param_ops<M>().at[I]>()>, op_params<M, param_ops<M>().at[I], T>())...);
  }(std::make_integer_sequence<int, list.n>{});
}
template <const auto& M, fixed_string S>
consteval int find_layer() {
  const int i = find_op(M.view(), S.view());
  return i >= 0 && has_params(M.ops[i].kind) ? i : -1;
}

}  // namespace detail

template <const auto& M, class T = float>
struct params {
  using map_type = decltype(detail::make_params<M, T>());
  map_type values = detail::make_params<M, T>();

  template <fixed_string S>
  static constexpr bool has = decltype(hana::contains(std::declval<map_type&>(), detail::layer_type<S>))::value;
  template <fixed_string S>
    requires(has<S>)
  constexpr auto& operator[](layer_key<S>) {
    return values[detail::layer_type<S>];
  }
  template <fixed_string S>
    requires(has<S>)
  constexpr const auto& operator[](layer_key<S>) const {
    return values[detail::layer_type<S>];
  }
  template <fixed_string Name, auto Known = detail::known_names<M, true>()>
    requires(!has<Name>)
  int& operator[](layer_key<Name>) const = delete;
};

/// Only the layers that are named cost compile time. The tensors come without data.
template <const auto& M, class T = float>
struct param_view {
  template <fixed_string S>
    requires(detail::find_layer<M, S>() >= 0)
  constexpr auto operator[](layer_key<S>) const {
    return detail::op_params<M, detail::find_layer<M, S>(), T>();
  }
  template <fixed_string Name, auto Known = detail::known_names<M, true>()>
    requires(detail::find_layer<M, Name>() < 0)
  int& operator[](layer_key<Name>) const = delete;
};

}  // namespace ingot
