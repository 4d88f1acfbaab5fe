#include "report/event_record.hpp"

#include "data/byte_order.hpp"

#include <algorithm>
#include <cmath>

namespace ingot::runtime {
namespace {

// Wire types of protocol buffers.
constexpr std::uint32_t varint_type = 0, fixed64_type = 1, bytes_type = 2, fixed32_type = 5;

std::string varint(std::uint64_t value) {
  std::string out;
  for (; value >= 0x80; value >>= 7) out += static_cast<char>(value | 0x80);
  return out + static_cast<char>(value);
}
std::string key(std::uint32_t field, std::uint32_t type) { return varint(field << 3 | type); }
/// Fields that hold their default are left out, as proto3 asks.
std::string double_field(std::uint32_t field, double value) { return value == 0 ? "" : key(field, fixed64_type) + little_bytes(value); }
std::string int_field(std::uint32_t field, std::int64_t value) {
  return value == 0 ? "" : key(field, varint_type) + varint(static_cast<std::uint64_t>(value));
}
std::string bytes_field(std::uint32_t field, std::string_view bytes) {
  return key(field, bytes_type) + varint(bytes.size()) + std::string(bytes);
}
std::string packed_doubles(std::uint32_t field, const std::vector<double>& values) {
  std::string bytes;
  for (const double v : values) bytes += little_bytes(v);
  return bytes.empty() ? "" : bytes_field(field, bytes);
}

/// Takes a varint from the front; none: there is no whole one.
std::optional<std::uint64_t> take_varint(std::string_view& bytes) {
  std::uint64_t value = 0;
  for (unsigned shift = 0; shift < 64 && !bytes.empty(); shift += 7) {
    const auto byte = static_cast<unsigned char>(bytes.front());
    bytes.remove_prefix(1);
    value |= std::uint64_t{byte & 0x7fu} << shift;
    if (byte < 0x80) return value;
  }
  return std::nullopt;
}

/// Takes the value of a field from the front; the number of a varint, 0 for other types; none: it is cut or unknown.
std::optional<std::uint64_t> take_value(std::string_view& bytes, std::uint32_t type) {
  if (type == varint_type) return take_varint(bytes);
  std::uint64_t length = type == fixed64_type ? 8 : 4;
  if (type == bytes_type) {
    const auto given = take_varint(bytes);
    if (!given) return std::nullopt;
    length = *given;
  } else if (type != fixed64_type && type != fixed32_type) {
    return std::nullopt;
  }
  if (length > bytes.size()) return std::nullopt;
  bytes.remove_prefix(length);
  return 0;
}

}  // namespace

EventHistogram event_histogram(std::span<const float> values) {
  constexpr std::size_t buckets = 30;
  EventHistogram h;
  bool first = true;
  for (const float value : values) {
    if (!std::isfinite(value)) continue;
    const double v = value;
    h.minimum = first ? v : std::min(h.minimum, v);
    h.maximum = first ? v : std::max(h.maximum, v);
    first = false;
    h.count += 1;
    h.sum += v;
    h.sum_of_squares += v * v;
  }
  if (h.count == 0) return h;
  const std::size_t n = h.maximum > h.minimum ? buckets : 1;
  const double width = (h.maximum - h.minimum) / static_cast<double>(n);
  for (std::size_t b = 1; b <= n; ++b) h.limits.push_back(b == n ? h.maximum : h.minimum + width * static_cast<double>(b));
  h.counts.assign(n, 0);
  for (const float value : values)
    if (std::isfinite(value)) h.counts[n == 1 ? 0 : std::min(n - 1, static_cast<std::size_t>((value - h.minimum) / width))] += 1;
  return h;
}

EventRecord::EventRecord(double seconds, std::int64_t step) : head_(double_field(1, seconds) + int_field(2, step)) {}

std::string EventRecord::file_version(double seconds) { return double_field(1, seconds) + bytes_field(3, "brain.Event:2"); }

void EventRecord::add_scalar(std::string_view tag, float value) {
  // One of several kinds of value: written even when it is 0.
  values_ += bytes_field(1, bytes_field(1, tag) + key(2, fixed32_type) + little_bytes(value));
}

void EventRecord::add_histogram(std::string_view tag, const EventHistogram& h) {
  const std::string histogram = double_field(1, h.minimum) + double_field(2, h.maximum) + double_field(3, h.count) +
                                double_field(4, h.sum) + double_field(5, h.sum_of_squares) + packed_doubles(6, h.limits) +
                                packed_doubles(7, h.counts);
  values_ += bytes_field(1, bytes_field(1, tag) + bytes_field(5, histogram));
}

std::string EventRecord::bytes() const { return head_ + bytes_field(5, values_); }

std::optional<std::int64_t> event_step(std::string_view record) {
  std::int64_t step = 0;
  while (!record.empty()) {
    const auto field = take_varint(record);
    if (!field) return std::nullopt;
    const auto value = take_value(record, static_cast<std::uint32_t>(*field & 7u));
    if (!value) return std::nullopt;
    if (*field == (2u << 3 | varint_type)) step = static_cast<std::int64_t>(*value);
  }
  return step;
}

}  // namespace ingot::runtime
