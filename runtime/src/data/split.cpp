#include <ingot/runtime/data/split.hpp>

#include <fmt/format.h>
#include <ingot/runtime/data/array.hpp>
#include <ingot/runtime/data/error.hpp>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <stdexcept>

namespace ingot::runtime {
namespace {

std::uint64_t rows_to_train_on(std::uint64_t rows, double validation) {
  if (!(validation >= 0) || (validation >= 1 && validation != std::floor(validation)))
    throw UserError(fmt::format("validation {} is neither a fraction below 1 nor a whole number of rows", validation));
  if (validation >= static_cast<double>(rows))
    throw UserError(fmt::format("validation {} leaves nothing to train on: the training part has {} rows", validation, rows));
  if (validation >= 1) return rows - static_cast<std::uint64_t>(validation);
  const auto train = static_cast<std::uint64_t>(std::floor(static_cast<double>(rows) * (1 - validation)));
  if (train == 0 || (validation > 0 && train == rows))
    throw UserError(fmt::format("validation {} of {} rows makes one part empty", validation, rows));
  return train;
}

constexpr std::uint64_t block_bytes = 8 << 20;  // of rows that are made on demand

// body(data, rows) for all rows in order, in blocks where they are made on demand.
template <class Element, class Body>
void each_block(const Table& input, Body&& body) {
  if (input.source == nullptr) return body(static_cast<const Element*>(input.data()), input.rows);
  const std::uint64_t rows = std::max({std::uint64_t{1}, block_bytes / input.row_bytes(), input.source->rows_at_once()});
  const auto memory = allocate_bytes(std::min(rows, input.rows) * input.row_bytes(), input.name);
  std::vector<std::uint32_t> numbers;
  for (std::uint64_t first = 0; first < input.rows; first += numbers.size()) {
    numbers.resize(std::min(rows, input.rows - first));
    std::iota(numbers.begin(), numbers.end(), static_cast<std::uint32_t>(first));
    input.read(numbers, memory.get());
    body(reinterpret_cast<const Element*>(memory.get()), numbers.size());
  }
}

// Bytes: one pass with exact sums of x and x^2. Around the integer part of the mean the variance loses no digits.
Standardization measure_bytes(const Table& input, std::uint64_t features, double factor) {
  std::vector<std::uint64_t> sums(features), squares(features);
  each_block<std::uint8_t>(input, [&](const std::uint8_t* at, std::uint64_t rows) {
    for (std::uint64_t left = rows * input.row_elements() / features; left > 0; --left, at += features)
      for (std::size_t f = 0; f < features; ++f) {
        sums[f] += at[f];
        squares[f] += std::uint64_t{at[f]} * at[f];
      }
  });
  const std::uint64_t count = input.rows * input.row_elements() / features;
  Standardization result;
  for (std::size_t f = 0; f < features; ++f) {
    const std::uint64_t whole = sums[f] / count;
    const double rest = static_cast<double>(sums[f] % count) / static_cast<double>(count);
    const std::uint64_t deviations = squares[f] - 2 * whole * sums[f] + count * whole * whole;  // sum of (x - whole)^2
    result.mean.push_back((static_cast<double>(whole) + rest) * factor);
    result.scale.push_back((static_cast<double>(deviations) / static_cast<double>(count) - rest * rest) * factor * factor);
  }
  return result;
}

// Per feature the mean of x, or with `mean` of (x - mean)^2: two passes, so that large means cost no digits.
std::vector<double> moment(const Table& input, std::uint64_t features, double factor, const std::vector<double>* mean) {
  std::vector<double> sums(features);
  each_block<float>(input, [&](const float* at, std::uint64_t rows) {
    for (std::uint64_t left = rows * input.row_elements() / features; left > 0; --left, at += features)
      for (std::size_t f = 0; f < features; ++f) {
        const double x = static_cast<double>(at[f]) * factor;
        sums[f] += mean == nullptr ? x : (x - (*mean)[f]) * (x - (*mean)[f]);
      }
  });
  const std::uint64_t values = input.rows * input.row_elements() / features;
  const auto count = static_cast<double>(values);
  for (double& sum : sums) sum /= count;
  return sums;
}

}  // namespace

Split split_validation(const Dataset& data, double validation) {
  const std::uint64_t train = rows_to_train_on(data.rows(), validation);
  return {data.slice(0, train), data.slice(train, data.rows() - train)};
}

std::vector<std::uint64_t> class_counts(const Table& target, std::uint32_t classes) {
  if (target.dtype != INGOT_I32) throw std::logic_error("class_counts takes class numbers");
  std::vector<std::uint64_t> counts(classes);
  for (std::uint64_t r = 0; r < target.rows; ++r) {
    const auto* labels = static_cast<const std::int32_t*>(target.row(r));
    for (std::uint64_t e = 0; e < target.row_elements(); ++e) ++counts.at(static_cast<std::size_t>(labels[e]));
  }
  return counts;
}

Standardization measure_standardization(const Table& input, std::uint64_t features, double factor) {
  if (features == 0 || input.row_elements() % features != 0 || (input.dtype != INGOT_U8 && input.dtype != INGOT_F32) || input.rows == 0)
    throw std::logic_error("measure_standardization: " + input.name + " has no such features");
  Standardization result;
  if (input.dtype == INGOT_U8) {
    result = measure_bytes(input, features, factor);
  } else {
    result.mean = moment(input, features, factor, nullptr);
    result.scale = moment(input, features, factor, &result.mean);
  }
  for (double& value : result.scale) value = value > 0 ? 1 / std::sqrt(value) : 1;
  return result;
}

}  // namespace ingot::runtime
