// Typed shapes: an extent that is the same in the whole space is a constant of the type, another is `dyn`; so is the batch.
#pragma once
#include <ingot/dsl/report.hpp>

#include <array>
#include <utility>

namespace ingot {

/// An extent that only the configuration (or the batch) knows.
inline constexpr int dyn = -1;

/// A view of row-major numbers; owns nothing.
template <class T, int... D>
struct tensor {
  T* data = nullptr;
  std::array<std::int32_t, sizeof...(D)> extent{};
  static constexpr int rank = sizeof...(D);
  static constexpr std::array<int, sizeof...(D)> static_extent{D...};
};

namespace detail {

template <const auto& M>
constexpr auto find_static_shapes() {
  static_assert(verdict_of<M>.ok, "a typed view of a model that is not sound");
  std::array<shape, M.n_ops> shapes{};
  dependence deps[M.n_ops]{};
  double values[max_hps]{};
  initial_values(M.view(), values);
  infer(M.view(), values, shapes.data());
  dependencies(M.view(), deps);
  for (int i = 0; i < M.n_ops; ++i)
    for (int k = 0; k < shapes[i].rank; ++k)
      if (deps[i].d[k] != 0) shapes[i].d[k] = dyn;
  return shapes;
}
/// For each op its extents without the batch; dyn where they are searched.
template <const auto& M>
inline constexpr auto static_shapes = find_static_shapes<M>();

template <const auto& M, int Op, class T, class Axes>
struct output_type;
template <const auto& M, int Op, class T, int... K>
struct output_type<M, Op, T, std::integer_sequence<int, K...>> {
  using type = tensor<T, dyn, static_shapes<M>[Op].d[K]...>;
};

}  // namespace detail

/// What op number Op of the model M yields.
template <const auto& M, int Op, class T = float>
using op_output = typename detail::output_type<M, Op, T, std::make_integer_sequence<int, detail::static_shapes<M>[Op].rank>>::type;
/// Input and output number K.
template <const auto& M, int K = 0, class T = float>
using input_of = op_output<M, K, T>;
template <const auto& M, int K = 0, class T = float>
using output_of = op_output<M, M.recipe.output[K], T>;

}  // namespace ingot
