// Typed rows of a model M: what fit, evaluate and predict of ingot::trainer<M> take and give.
//
// Inputs are tensor<const T, dyn, extents...>, T float or unsigned char (bytes reach the first kernel unconverted). The target of a
// sparse categorical cross-entropy is tensor<const std::int32_t, dyn>, class numbers; of every other loss tensor<const float, dyn,
// extents of the output...>. All are views: the memory must outlive the call.
#pragma once
#include <ingot/dsl/typed.hpp>
#include <ingot/runtime/data/dataset.hpp>
#include <ingot/runtime/data/error.hpp>

#include <span>
#include <string>
#include <tuple>
#include <vector>

namespace ingot {

namespace detail {

template <const auto& M>
consteval int count_inputs() {
  int n = 0;
  while (n < M.n_ops && M.ops[n].kind == op_kind::input) ++n;
  return n;
}

template <const auto& M, int K>
consteval bool is_class_number() {
  return M.recipe.loss[K].kind == loss_kind::sparse_categorical_crossentropy;
}
template <const auto& M, int K>
struct target_type {
  using type = std::conditional_t<is_class_number<M, K>(), tensor<const std::int32_t, dyn>, output_of<M, K, const float>>;
};

template <const auto& M, class T, class Numbers>
struct input_tuple;
template <const auto& M, class T, int... K>
struct input_tuple<M, T, std::integer_sequence<int, K...>> {
  using type = std::tuple<input_of<M, K, const T>...>;
};
template <const auto& M, class Numbers>
struct target_tuple;
template <const auto& M, int... K>
struct target_tuple<M, std::integer_sequence<int, K...>> {
  using type = std::tuple<typename target_type<M, K>::type...>;
};

}  // namespace detail

/// Target of output K.
template <const auto& M, int K = 0>
using target_of = typename detail::target_type<M, K>::type;
template <const auto& M, class T = float>
using inputs_of = typename detail::input_tuple<M, T, std::make_integer_sequence<int, detail::count_inputs<M>()>>::type;
template <const auto& M>
using targets_of = typename detail::target_tuple<M, std::make_integer_sequence<int, M.recipe.n_outputs>>::type;

/// Rows with their targets. Without rows it stands for "none".
template <const auto& M, class T = float>
struct labelled {
  inputs_of<M, T> inputs{};
  targets_of<M> targets{};
  tensor<const float, dyn> sample_weights{};  ///< read where the recipe has sample_weights
};

/// A view of `values` as rows of a tensor type whose other extents are constants: rows_of<input_of<M, 0, const float>>(values).
/// Throws runtime::UserError when the size is no multiple of a row.
template <class Tensor, class T>
Tensor rows_of(std::span<T> values) {
  Tensor t;
  std::int64_t row = 1;
  for (int k = 1; k < Tensor::rank; ++k) {
    t.extent[static_cast<std::size_t>(k)] = Tensor::static_extent[static_cast<std::size_t>(k)];
    row *= Tensor::static_extent[static_cast<std::size_t>(k)];
  }
  if (row <= 0) throw runtime::UserError("rows_of: an extent is searched; fill in tensor.extent by hand");
  if (static_cast<std::int64_t>(values.size()) % row != 0) {
    throw runtime::UserError("rows_of: " + std::to_string(values.size()) + " values are no whole number of rows of " + std::to_string(row));
  }
  t.data = values.data();
  t.extent[0] = static_cast<std::int32_t>(static_cast<std::int64_t>(values.size()) / row);
  return t;
}

namespace detail {

template <class T>
constexpr std::uint32_t dtype_of() {
  using U = std::remove_const_t<T>;
  static_assert(std::is_same_v<U, float> || std::is_same_v<U, unsigned char> || std::is_same_v<U, std::int32_t>);
  return std::is_same_v<U, float> ? INGOT_F32 : std::is_same_v<U, unsigned char> ? INGOT_U8 : INGOT_I32;
}

/// The runtime's table over the same memory; checks the extents against what the program wants.
template <class T, int... D>
runtime::Table as_table(const tensor<T, D...>& t, const ingot_tensor& wanted) {
  runtime::Table table;
  table.name = wanted.name;
  table.dtype = dtype_of<T>();
  table.rows = static_cast<std::uint64_t>(t.extent[0]);
  for (std::size_t k = 1; k < t.extent.size(); ++k) table.dims.push_back(static_cast<std::uint32_t>(t.extent[k]));
  if (table.rows > 0 && table.row_elements() != wanted.elements) {
    throw runtime::UserError(std::string(wanted.name) + ": a row has " + std::to_string(table.row_elements()) +
                             " values, the program wants " + std::to_string(wanted.elements));
  }
  const std::shared_ptr<const void> no_owner;
  table.storage = {no_owner, reinterpret_cast<const std::byte*>(t.data)};
  return table;
}

template <class Tuple>
std::vector<runtime::Table> as_tables(const Tuple& tensors, const ingot_tensor* wanted) {
  return std::apply([&](const auto&... t) { return std::vector<runtime::Table>{as_table(t, *wanted++)...}; }, tensors);
}

inline void check_rows(const std::vector<runtime::Table>& tables, std::uint64_t rows) {
  for (const runtime::Table& table : tables) {
    if (table.rows == rows) continue;
    throw runtime::UserError(table.name + " has " + std::to_string(table.rows) + " rows, the first input has " + std::to_string(rows));
  }
}

template <const auto& M, class T>
runtime::Dataset as_dataset(const inputs_of<M, T>& inputs, const ingot_model& model) {
  runtime::Dataset data;
  data.inputs = as_tables(inputs, model.inputs);
  check_rows(data.inputs, data.rows());
  data.source = "memory";
  return data;
}

template <const auto& M, class T>
runtime::Dataset as_dataset(const labelled<M, T>& rows, const ingot_model& model) {
  runtime::Dataset data = as_dataset<M, T>(rows.inputs, model);
  data.targets = as_tables(rows.targets, model.targets);
  if constexpr (M.recipe.sample_weights) data.targets.push_back(as_table(rows.sample_weights, model.targets[M.recipe.n_outputs]));
  check_rows(data.targets, data.rows());
  data.identity = runtime::content_identity(data);
  return data;
}

}  // namespace detail
}  // namespace ingot
