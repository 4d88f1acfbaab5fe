#include "image/resize.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <emmintrin.h>

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

// Fixed point: weights have 14 bits behind the point, a row between the two passes has 7, so that sums of two products are one instruction.
constexpr int weight_bits = 14, row_bits = 7, vector_bytes = 16;

// The weights of two neighbours, for the two halves of 32 bits.
std::uint32_t weight_pair(const float* weights) {
  const auto first = static_cast<std::uint32_t>(std::lround(weights[0] * (1 << weight_bits)));
  return first | ((1u << weight_bits) - first) << 16;
}

__m128i rounded_shift(__m128i value, int bits) { return _mm_srai_epi32(_mm_add_epi32(value, _mm_set1_epi32(1 << (bits - 1))), bits); }

// All of both rows, in whole vectors.
void blend_two_rows(const std::uint8_t* upper, const std::uint8_t* lower, std::uint32_t pair, std::int16_t* to, std::size_t bytes) {
  const __m128i weights = _mm_set1_epi32(static_cast<int>(pair)), zero = _mm_setzero_si128();
  const auto weigh = [&](__m128i pixels) { return rounded_shift(_mm_madd_epi16(pixels, weights), weight_bits - row_bits); };
  const auto store = [&](std::size_t at, __m128i pairs) {
    _mm_storeu_si128(reinterpret_cast<__m128i*>(to + at),
                     _mm_packs_epi32(weigh(_mm_unpacklo_epi8(pairs, zero)), weigh(_mm_unpackhi_epi8(pairs, zero))));
  };
  for (std::size_t i = 0; i < bytes; i += vector_bytes) {
    const __m128i a = _mm_loadu_si128(reinterpret_cast<const __m128i*>(upper + i));
    const __m128i b = _mm_loadu_si128(reinterpret_cast<const __m128i*>(lower + i));
    store(i, _mm_unpacklo_epi8(a, b));
    store(i + vector_bytes / 2, _mm_unpackhi_epi8(a, b));
  }
}

// A pixel and what follows it, four numbers each, are blended at once; `row` can be read a vector beyond its end.
template <std::uint32_t Channels>
void blend_two_columns(const std::int16_t* row, const std::vector<std::uint32_t>& first, const std::uint32_t* pairs, std::uint8_t* to) {
  for (const std::uint32_t column : first) {
    const std::int16_t* from = row + std::size_t{column} * Channels;
    const __m128i left = _mm_loadl_epi64(reinterpret_cast<const __m128i*>(from));
    const __m128i right = _mm_loadl_epi64(reinterpret_cast<const __m128i*>(from + Channels));
    const __m128i weights = _mm_set1_epi32(static_cast<int>(*pairs++));
    const __m128i sums = rounded_shift(_mm_madd_epi16(_mm_unpacklo_epi16(left, right), weights), weight_bits + row_bits);
    const __m128i narrow = _mm_packs_epi32(sums, sums);
    const int bytes = _mm_cvtsi128_si32(_mm_packus_epi16(narrow, narrow));
    std::memcpy(to, &bytes, Channels);
    to += Channels;
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
    std::ranges::copy(spans[i].weights, axis.weights.begin() + std::ptrdiff_t{i} * axis.taps + (spans[i].first - axis.first[i]));
  }
  return axis;
}

Resizer::Resizer(Extent in, Extent out, std::uint32_t channels, bool antialias, std::uint8_t* to)
    : channels_(channels),
      row_bytes_(std::size_t{in.width} * channels),
      stride_((row_bytes_ + vector_bytes - 1) / vector_bytes * vector_bytes),
      vertical_(bilinear_weights(in.height, out.height, antialias)),
      horizontal_(bilinear_weights(in.width, out.width, antialias)),
      ring_(stride_ * vertical_.taps),
      to_(to) {
  if (vertical_.taps != 2 || horizontal_.taps != 2) {
    blended_.resize(row_bytes_);
    return;
  }
  blended_pairs_.resize(stride_ + vector_bytes);
  for (std::size_t i = 0; i < out.width; ++i) pairs_.push_back(weight_pair(&horizontal_.weights[2 * i]));
}

void Resizer::commit() {
  ++next_;
  while (done_ < vertical_.first.size() && vertical_.first[done_] + vertical_.taps <= next_) emit(done_++);
}

void Resizer::emit(std::uint32_t y) {
  const std::uint32_t taps = vertical_.taps, first = vertical_.first[y];
  const float* weights = vertical_.weights.data() + std::size_t{y} * taps;
  const auto row = [&](std::uint32_t k) { return ring_.data() + (first + k) % taps * stride_; };
  std::uint8_t* to = to_ + std::size_t{y} * horizontal_.first.size() * channels_;
  if (!pairs_.empty()) return emit_of_pairs(row(0), row(1), weights, to);
  bool start = true;
  for (std::uint32_t k = 0; k < taps; ++k) {
    if (weights[k] == 0) continue;
    weigh_rows(row(k), weights[k], blended_, start);
    start = false;
  }
  if (channels_ == 1)
    weigh_columns<1>(blended_.data(), horizontal_, to);
  else
    weigh_columns<3>(blended_.data(), horizontal_, to);
}

void Resizer::emit_of_pairs(const std::uint8_t* upper, const std::uint8_t* lower, const float* weights, std::uint8_t* to) {
  blend_two_rows(upper, lower, weight_pair(weights), blended_pairs_.data(), stride_);
  if (channels_ == 1)
    blend_two_columns<1>(blended_pairs_.data(), horizontal_.first, pairs_.data(), to);
  else
    blend_two_columns<3>(blended_pairs_.data(), horizontal_.first, pairs_.data(), to);
}

}  // namespace ingot::runtime
