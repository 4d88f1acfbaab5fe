#include "cli/random_rows.hpp"

#include <ingot/runtime/data/array.hpp>
#include <ingot/runtime/data/random.hpp>

#include <cstring>
#include <string_view>

namespace ingot::runtime::cli {
namespace {

constexpr std::uint32_t rows_stream = 0x524F5753;  // the last word of the counter: its purpose (random.hpp)

struct Draw {
  std::uint64_t seed = 0;
  std::uint32_t tensor = 0;
  /// In [0, 1).
  double operator()(std::uint64_t element) const {
    const auto words = philox({static_cast<std::uint32_t>(element), static_cast<std::uint32_t>(element >> 32), tensor, rows_stream}, seed);
    return unit_interval(words[0], words[1]);
  }
};

Table empty_table(const ingot_tensor& tensor, std::uint32_t rows) {
  Table table;
  table.name = tensor.name;
  table.dtype = tensor.dtype;
  table.dims.assign(tensor.dims, tensor.dims + tensor.rank);
  table.rows = rows;
  return table;
}

template <typename T, typename F>
void fill(Table& table, const F& value) {
  const std::uint64_t n = table.rows * table.row_elements();
  const auto memory = allocate_bytes(n * sizeof(T), table.name);
  for (std::uint64_t i = 0; i < n; ++i) {
    const T x = static_cast<T>(value(i));
    std::memcpy(memory.get() + i * sizeof(T), &x, sizeof(T));
  }
  table.storage = memory;
}

Table random_input(const ingot_tensor& tensor, std::uint32_t rows, const Draw& draw) {
  Table table = empty_table(tensor, rows);
  if (tensor.dtype == INGOT_U8) {
    fill<std::uint8_t>(table, [&](std::uint64_t i) { return draw(i) * 256; });
  } else {
    table.dtype = INGOT_F32;
    fill<float>(table, [&](std::uint64_t i) { return 2 * draw(i) - 1; });
  }
  return table;
}

Table random_target(const ingot_model& model, std::uint32_t t, std::uint32_t rows, const Draw& draw) {
  Table table = empty_table(model.targets[t], rows);
  if (t >= model.n_outputs) {  // sample weights
    fill<float>(table, [&](std::uint64_t i) { return 0.5 + draw(i); });
    return table;
  }
  const std::uint32_t classes = model.classes[t];
  const std::uint64_t width = table.row_elements();
  const std::string_view loss = model.losses[t];
  const bool positive = loss == "poisson" || loss == "msle" || loss == "mape" || loss == "kl_divergence";
  if (table.dtype == INGOT_I32) {
    fill<std::int32_t>(table, [&](std::uint64_t i) { return draw(i) * (classes > 1 ? classes : 2); });
  } else if (classes > 1) {
    const auto hot = [&](std::uint64_t row) { return static_cast<std::uint64_t>(draw(row) * static_cast<double>(width)); };
    fill<float>(table, [&](std::uint64_t i) { return i % width == hot(i / width) ? 1 : 0; });
  } else if (classes == 1) {
    fill<float>(table, [&](std::uint64_t i) { return draw(i) < 0.5 ? 0 : 1; });
  } else {
    fill<float>(table, [&](std::uint64_t i) { return positive ? draw(i) : 2 * draw(i) - 1; });
  }
  return table;
}

}  // namespace

Dataset random_rows(const ingot_model& model, std::uint32_t rows, std::uint64_t seed) {
  Dataset data;
  std::uint32_t tensor = 0;
  for (std::uint32_t i = 0; i < model.n_inputs; ++i) data.inputs.push_back(random_input(model.inputs[i], rows, {seed, tensor++}));
  for (std::uint32_t t = 0; t < model.n_targets; ++t) data.targets.push_back(random_target(model, t, rows, {seed, tensor++}));
  data.class_names.resize(model.n_targets);
  data.source = "random rows";
  return data;
}

}  // namespace ingot::runtime::cli
