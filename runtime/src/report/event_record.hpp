// One TensorBoard event as bytes: the protocol buffer Event of tensorboard/compat/proto/event.proto with a Summary of scalars and
// histograms, fields in the order of their numbers, as protoc's own code writes them.
#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace ingot::runtime {

/// HistogramProto: bucket i holds the `counts[i]` values up to `limits[i]`, above the limit before.
struct EventHistogram {
  double minimum = 0, maximum = 0, count = 0, sum = 0, sum_of_squares = 0;
  std::vector<double> limits, counts;
};
/// 30 buckets of equal width between the lowest and the highest of the finite values; one where all are equal.
[[nodiscard]] EventHistogram event_histogram(std::span<const float> values);

class EventRecord {
 public:
  /// `seconds` since 1970.
  EventRecord(double seconds, std::int64_t step);
  /// The event that every file begins with.
  [[nodiscard]] static std::string file_version(double seconds);

  void add_scalar(std::string_view tag, float value);
  void add_histogram(std::string_view tag, const EventHistogram& histogram);
  [[nodiscard]] std::string bytes() const;

 private:
  std::string head_, values_;
};

/// The step of an event; 0 for that of the file version; none when the bytes are no event.
[[nodiscard]] std::optional<std::int64_t> event_step(std::string_view record);

}  // namespace ingot::runtime
