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

template <class T, int In, int Out, bool Bias>
struct dense_params {
  tensor<T, In, Out> kernel;
  tensor<T, Out> bias;
};
template <class T, int In, int Out>
struct dense_params<T, In, Out, false> {
  tensor<T, In, Out> kernel;
};
template <class T, int H, int W, int In, int Out, bool Bias>
struct conv2d_params {
  tensor<T, H, W, In, Out> kernel;
  tensor<T, Out> bias;
};
template <class T, int H, int W, int In, int Out>
struct conv2d_params<T, H, W, In, Out, false> {
  tensor<T, H, W, In, Out> kernel;
};
/// The moving ones are state, not trained.
template <class T, int C>
struct batch_norm_params {
  tensor<T, C> gamma, beta, moving_mean, moving_variance;
};
struct no_params {};

namespace detail {

template <const auto& M, int I, class T>
constexpr auto op_params() {
  constexpr const op& o = M.ops[I];
  if constexpr (!has_params(o.kind)) {
    return no_params{};
  } else {
    constexpr const shape &in = static_shapes<M>[o.in[0]], &out = static_shapes<M>[I];
    constexpr int from = in.d[in.rank - 1];
    // a guarded layer's own width: its output also covers the case that it is off
    constexpr int to = o.kind == op_kind::batch_norm ? from : o.size[0].hp >= 0 ? dyn : o.size[0].k;
    static_assert(out.rank == in.rank);
    if constexpr (o.kind == op_kind::dense) {
      return dense_params<T, from, to, o.use_bias>{};
    } else if constexpr (o.kind == op_kind::conv2d) {
      constexpr int h = o.kernel[0].hp >= 0 ? dyn : o.kernel[0].k, w = o.kernel[1].hp >= 0 ? dyn : o.kernel[1].k;
      return conv2d_params<T, h, w, from, to, o.use_bias>{};
    } else {
      return batch_norm_params<T, from>{};
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
