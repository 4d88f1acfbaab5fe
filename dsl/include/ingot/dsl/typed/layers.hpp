// Compile-time traversal: layers<model> is a hana::tuple with one descriptor for each op, to be used with hana::for_each.
#pragma once
#include <boost/hana/for_each.hpp>
#include <boost/hana/tuple.hpp>
#include <ingot/dsl/typed/names.hpp>
#include <ingot/dsl/typed/tensors.hpp>

namespace ingot {

template <const auto& M, int I>
struct layer_view {
  static constexpr int index = I;
  static constexpr op_kind kind = M.ops[I].kind;
  static constexpr std::string_view name = M.ops[I].name.view();
  using output = op_output<M, I>;
};

template <const auto& M>
inline constexpr auto layers = []<int... I>(std::integer_sequence<int, I...>) {
  return hana::make_tuple(layer_view<M, I>{}...);
}(std::make_integer_sequence<int, M.n_ops>{});

}  // namespace ingot
