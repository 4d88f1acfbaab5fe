// Names as types for the typed views: keys of Hana maps, and the texts that a wrong name makes the compiler print.
#pragma once
#include <boost/hana/type.hpp>
#include <ingot/dsl/hp.hpp>
#include <ingot/dsl/report.hpp>

namespace ingot {
namespace hana = boost::hana;

template <fixed_string S>
struct layer_key {};
inline namespace literals {
/// "hidden"_layer: a layer's name.
template <fixed_string S>
consteval layer_key<S> operator""_layer() {
  return {};
}
}  // namespace literals

namespace detail {

template <fixed_string S>
inline constexpr auto hp_type = hana::type_c<hp_key<S>>;
template <fixed_string S>
inline constexpr auto layer_type = hana::type_c<layer_key<S>>;

constexpr bool is_norm(op_kind k) { return k == op_kind::batch_norm || k == op_kind::layer_norm; }
constexpr bool has_params(op_kind k) { return k == op_kind::dense || k == op_kind::embedding || is_convolution(k) || is_norm(k); }

template <std::size_t N>
consteval fixed_string<N> as_fixed(std::string_view text) {
  fixed_string<N> r;
  for (std::size_t i = 0; i + 1 < N; ++i) r.s[i] = text[i];
  return r;
}
template <const auto& M, int I>
consteval auto hp_name() {
  return as_fixed<M.hps[I].name.view().size() + 1>(M.hps[I].name.view());
}
template <const auto& M, int I>
consteval auto layer_name() {
  return as_fixed<M.ops[I].name.view().size() + 1>(M.ops[I].name.view());
}

/// The known names, for the error that a wrong one makes.
template <std::size_t N>
struct names {
  char text[N]{};
};
template <const auto& M>
consteval message list_hps() {
  message m;
  for (int i = 0; i < M.n_hps; ++i) m << (m.n != 0 ? " " : "") << M.hps[i].name.view();
  return m;
}
template <const auto& M>
consteval message list_layers() {
  message m;
  for (int i = 0; i < M.n_ops; ++i)
    if (has_params(M.ops[i].kind)) m << (m.n != 0 ? " " : "") << M.ops[i].name.view();
  return m;
}
template <const auto& M, bool Layers>
consteval auto known_names() {
  constexpr message all = Layers ? list_layers<M>() : list_hps<M>();
  names<all.n + 1> r;
  for (std::size_t i = 0; i < all.n; ++i) r.text[i] = all.s[i];
  return r;
}

}  // namespace detail
}  // namespace ingot
