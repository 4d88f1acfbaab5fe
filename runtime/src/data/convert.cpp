// Arrays of files as tables of a model.
#include <fmt/format.h>
#include <ingot/runtime/data/error.hpp>
#include <ingot/runtime/data/load.hpp>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

namespace ingot::runtime {
namespace {

constexpr std::uint64_t max_rows = std::numeric_limits<std::uint32_t>::max() - 1;  // row numbers are 32 bits wide

double half_to_double(std::uint16_t bits) {
  const double sign = bits >> 15 ? -1 : 1;
  const int exponent = bits >> 10 & 31, fraction = bits & 1023;
  if (exponent == 31) return fraction != 0 ? std::numeric_limits<double>::quiet_NaN() : sign * std::numeric_limits<double>::infinity();
  return exponent == 0 ? sign * std::ldexp(fraction, -24) : sign * std::ldexp(1024 + fraction, exponent - 25);
}

struct Half {
  std::uint16_t bits;
  explicit operator double() const { return half_to_double(bits); }
};
struct Boolean {
  std::uint8_t byte;
  explicit operator double() const { return byte != 0; }
};

// body(pointer to the elements in their own type)
template <class Body>
void with_elements(const Array& array, Body&& body) {
  const std::byte* data = array.data.get();
  switch (array.type) {
    case ElementType::boolean:
      return body(reinterpret_cast<const Boolean*>(data));
    case ElementType::u8:
      return body(reinterpret_cast<const std::uint8_t*>(data));
    case ElementType::u16:
      return body(reinterpret_cast<const std::uint16_t*>(data));
    case ElementType::u32:
      return body(reinterpret_cast<const std::uint32_t*>(data));
    case ElementType::u64:
      return body(reinterpret_cast<const std::uint64_t*>(data));
    case ElementType::i8:
      return body(reinterpret_cast<const std::int8_t*>(data));
    case ElementType::i16:
      return body(reinterpret_cast<const std::int16_t*>(data));
    case ElementType::i32:
      return body(reinterpret_cast<const std::int32_t*>(data));
    case ElementType::i64:
      return body(reinterpret_cast<const std::int64_t*>(data));
    case ElementType::f16:
      return body(reinterpret_cast<const Half*>(data));
    case ElementType::f32:
      return body(reinterpret_cast<const float*>(data));
    case ElementType::f64:
      return body(reinterpret_cast<const double*>(data));
  }
}

std::vector<std::uint64_t> without_ones(const auto& extents) {
  std::vector<std::uint64_t> kept;
  for (const auto extent : extents)
    if (extent != 1) kept.push_back(extent);
  return kept;
}

std::uint64_t rows_of(const Array& array, const char* role, const Port& port) {
  if (array.shape.empty())
    throw UserError(fmt::format("{}: a single number is no batch of rows for {} '{}'", array.source, role, port.name));
  if (array.shape[0] == 0) throw UserError(fmt::format("{}: there are no rows", array.source));
  if (array.shape[0] > max_rows)
    throw UserError(fmt::format("{}: {} rows, at most {} can be used", array.source, array.shape[0], max_rows));
  return array.shape[0];
}

void check_row_shape(const Array& array, const char* role, const Port& port) {
  const std::vector<std::uint64_t> row(array.shape.begin() + 1, array.shape.end());
  const auto have = without_ones(row), want = without_ones(port.dims);
  std::uint64_t elements = 1;
  for (const std::uint64_t extent : row) elements *= extent;
  if (have == want || (port.dims.size() == 1 && elements == port.dims[0])) return;
  const std::string both =
      fmt::format("{}: rows have shape {}, {} '{}' wants {}", array.source, shape_text(row), role, port.name, dims_text(port.dims));
  if (have.size() != want.size()) throw UserError(fmt::format("{}: another number of dimensions", both));
  const auto differ = std::ranges::mismatch(have, want);
  throw UserError(fmt::format("{}: dimension {} is {} instead of {}", both, differ.in1 - have.begin() + 1, *differ.in1, *differ.in2));
}

[[noreturn]] void refuse_value(const Array& array, std::uint64_t element, std::uint64_t row_elements, double value, const char* why) {
  throw UserError(
      fmt::format("{}: row {}, element {} is {}: {}", array.source, element / row_elements, element % row_elements, value, why));
}

// All elements as finite floats; f32 arrays are shared, not copied.
std::shared_ptr<const std::byte> as_floats(const Array& array, std::uint64_t row_elements, double low, double high, const char* why) {
  const std::uint64_t count = array.elements();
  std::shared_ptr<std::byte> memory;
  if (array.type != ElementType::f32) memory = allocate_bytes(count * sizeof(float), array.source);
  with_elements(array, [&](const auto* from) {
    auto* to = reinterpret_cast<float*>(memory.get());
    for (std::uint64_t e = 0; e < count; ++e) {
      const auto value = static_cast<double>(from[e]);
      if (!(value >= low && value <= high)) refuse_value(array, e, row_elements, value, why);
      if (to != nullptr) to[e] = static_cast<float>(value);
    }
  });
  if (memory == nullptr) return array.data;
  return memory;
}

Table make_table(const Array& array, const Port& port, std::uint32_t dtype, std::shared_ptr<const std::byte> storage) {
  Table table{port.name, dtype, port.dims, array.shape[0], std::move(storage), true};
  table.resident = table.storage != array.data || array.resident;
  return table;
}

std::shared_ptr<std::byte> as_class_numbers(const Array& array, std::uint32_t classes) {
  const std::uint64_t elements = array.elements(), row_elements = elements / std::max<std::uint64_t>(array.shape[0], 1);
  const auto memory = allocate_bytes(elements * sizeof(std::int32_t), array.source);
  auto* to = reinterpret_cast<std::int32_t*>(memory.get());
  with_elements(array, [&](const auto* from) {
    for (std::uint64_t e = 0; e < elements; ++e) {
      const auto value = static_cast<double>(from[e]);
      if (!(value >= 0 && value < classes && value == std::floor(value)))
        throw UserError(fmt::format("{}: row {} is {}, class numbers go from 0 to {}", array.source, e / row_elements, value, classes - 1));
      to[e] = static_cast<std::int32_t>(value);
    }
  });
  return memory;
}

std::shared_ptr<std::byte> one_hot(const Array& array, std::uint32_t classes) {
  const auto numbers = as_class_numbers(array, classes);
  const auto* from = reinterpret_cast<const std::int32_t*>(numbers.get());
  const auto memory = allocate_bytes(array.shape[0] * classes * sizeof(float), array.source);
  auto* to = reinterpret_cast<float*>(memory.get());
  std::fill_n(to, array.shape[0] * classes, 0.0f);
  for (std::uint64_t r = 0; r < array.shape[0]; ++r) to[r * classes + static_cast<std::uint64_t>(from[r])] = 1;
  return memory;
}

const Port weight_port{"sample_weight", INGOT_F32, {}, 0};

constexpr double largest = std::numeric_limits<float>::max();
constexpr const char* must_be_finite = "data must be finite f32 numbers; repair or drop the row";

}  // namespace

Table input_table(const Array& array, const Port& port) {
  (void)rows_of(array, "input", port);
  check_row_shape(array, "input", port);
  if (port.dtype == INGOT_U8 && array.type == ElementType::u8) return make_table(array, port, INGOT_U8, array.data);
  return make_table(array, port, INGOT_F32, as_floats(array, port_elements(port), -largest, largest, must_be_finite));
}

Table target_table(const Array& array, const Port& port) {
  const std::uint64_t rows = rows_of(array, "target", port);
  const bool one_number = array.elements() == rows;
  if (port.dtype == INGOT_I32) {
    if (port.dims.empty() && !one_number)
      throw UserError(
          fmt::format("{}: shape {}, target '{}' wants one class number per row", array.source, shape_text(array.shape), port.name));
    check_row_shape(array, "target", port);
    return make_table(array, port, INGOT_I32, as_class_numbers(array, port.classes));
  }
  if (one_number && port.classes > 1 && port_elements(port) == port.classes)
    return make_table(array, port, INGOT_F32, one_hot(array, port.classes));
  check_row_shape(array, "target", port);
  const bool probabilities = port.classes > 0;
  return make_table(array, port, INGOT_F32,
                    probabilities ? as_floats(array, port_elements(port), 0, 1, "this target lies between 0 and 1")
                                  : as_floats(array, port_elements(port), -largest, largest, must_be_finite));
}

Table weight_table(const Array& array) {
  (void)rows_of(array, "sample weights", weight_port);
  check_row_shape(array, "sample weights", weight_port);
  return make_table(array, weight_port, INGOT_F32, as_floats(array, 1, 0, largest, "a sample weight is a finite number from 0 on"));
}

Table unit_weights(std::uint64_t rows) {
  const auto memory = allocate_bytes(rows * sizeof(float), weight_port.name);
  std::fill_n(reinterpret_cast<float*>(memory.get()), rows, 1.0F);
  return {weight_port.name, INGOT_F32, {}, rows, memory, true};
}

}  // namespace ingot::runtime
