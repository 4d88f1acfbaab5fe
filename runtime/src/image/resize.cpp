#include "image/resize.hpp"

#include <algorithm>
#include <cmath>

namespace ingot::runtime {
namespace {

// The inputs first .. last of one output, with what each counts.
struct Span {
  std::uint32_t first = 0;
  std::vector<float> weights;
};

Span two_neighbours(std::uint32_t i, std::uint32_t in, float scale) {
  const float at = (static_cast<float>(i) + 0.5f) * scale - 0.5f, low = std::floor(at);
  const auto lower = static_cast<std::uint32_t>(std::max(low, 0.0f));
  const auto upper = static_cast<std::uint32_t>(std::clamp(std::ceil(at), 0.0f, static_cast<float>(in - 1)));
  if (lower >= upper) return {upper, {1}};
  return {lower, {1 - (at - low), at - low}};
}

Span under_triangle(std::uint32_t i, std::uint32_t in, float scale) {
  const float centre = (static_cast<float>(i) + 0.5f) * scale, radius = std::max(scale, 1.0f), last = static_cast<float>(in - 1);
  const auto first = static_cast<std::uint32_t>(std::clamp(std::ceil(centre - radius - 0.5f), 0.0f, last));
  const auto end = static_cast<std::uint32_t>(std::clamp(std::floor(centre + radius - 0.5f), 0.0f, last));
  Span span{first, {}};
  float sum = 0;
  for (std::uint32_t k = first; k <= end; ++k) {
    const float distance = std::abs(static_cast<float>(k) + 0.5f - centre) / radius;
    sum += span.weights.emplace_back(std::max(0.0f, 1 - distance));
  }
  for (float& weight : span.weights) weight /= sum;
  return span;
}

void weigh_rows(const std::uint8_t* row, float weight, std::vector<float>& sums, bool start) {
  float* to = sums.data();
  const std::size_t n = sums.size();
  if (start)
    for (std::size_t i = 0; i < n; ++i) to[i] = weight * static_cast<float>(row[i]);
  else
    for (std::size_t i = 0; i < n; ++i) to[i] += weight * static_cast<float>(row[i]);
}

std::uint8_t nearest_byte(float value) { return static_cast<std::uint8_t>(std::min(value + 0.5f, 255.0f)); }

template <std::uint32_t Channels>
void weigh_columns(const float* row, const AxisWeights& axis, std::uint8_t* to) {
  const float* weights = axis.weights.data();
  for (const std::uint32_t first : axis.first) {
    float sums[Channels] = {};
    const float* from = row + std::size_t{first} * Channels;
    for (std::uint32_t k = 0; k < axis.taps; ++k, from += Channels)
      for (std::uint32_t c = 0; c < Channels; ++c) sums[c] += weights[k] * from[c];
    for (const float sum : sums) *to++ = nearest_byte(sum);
    weights += axis.taps;
  }
}

}  // namespace

AxisWeights bilinear_weights(std::uint32_t in, std::uint32_t out, bool antialias) {
  const float scale = static_cast<float>(in) / static_cast<float>(out);
  std::vector<Span> spans;
  AxisWeights axis;
  for (std::uint32_t i = 0; i < out; ++i) {
    spans.push_back(antialias ? under_triangle(i, in, scale) : two_neighbours(i, in, scale));
    axis.taps = std::max(axis.taps, static_cast<std::uint32_t>(spans.back().weights.size()));
  }
  axis.weights.resize(std::size_t{out} * axis.taps);
  for (std::uint32_t i = 0; i < out; ++i) {
    axis.first.push_back(std::min(spans[i].first, in - axis.taps));  // at the end zero weights stand in front
    std::ranges::copy(spans[i].weights, axis.weights.begin() + std::size_t{i} * axis.taps + (spans[i].first - axis.first[i]));
  }
  return axis;
}

Resizer::Resizer(Extent in, Extent out, std::uint32_t channels, bool antialias, std::uint8_t* to)
    : channels_(channels),
      row_bytes_(std::size_t{in.width} * channels),
      vertical_(bilinear_weights(in.height, out.height, antialias)),
      horizontal_(bilinear_weights(in.width, out.width, antialias)),
      ring_(row_bytes_ * vertical_.taps),
      blended_(row_bytes_),
      to_(to) {}

void Resizer::commit() {
  ++next_;
  while (done_ < vertical_.first.size() && vertical_.first[done_] + vertical_.taps <= next_) emit(done_++);
}

void Resizer::emit(std::uint32_t y) {
  const float* weights = vertical_.weights.data() + std::size_t{y} * vertical_.taps;
  bool start = true;
  for (std::uint32_t k = 0; k < vertical_.taps; ++k) {
    if (weights[k] == 0) continue;
    weigh_rows(ring_.data() + (vertical_.first[y] + k) % vertical_.taps * row_bytes_, weights[k], blended_, start);
    start = false;
  }
  std::uint8_t* to = to_ + std::size_t{y} * horizontal_.first.size() * channels_;
  if (channels_ == 1)
    weigh_columns<1>(blended_.data(), horizontal_, to);
  else
    weigh_columns<3>(blended_.data(), horizontal_, to);
}

}  // namespace ingot::runtime
