// Bilinear resizing of an image that arrives row by row, with half-pixel centres: output i of an axis lies at (i + 0.5) * in / out - 0.5.
//
// Without antialiasing an output is a mean of its two neighbours per axis (TensorFlow's ResizeBilinear, half_pixel_centers=True); with it,
// of all inputs under a triangle whose half width is in / out when shrinking (TensorFlow's ScaleAndTranslate, kernel "triangle"). Results
// are rounded to the nearest byte; before that they are exact to 0.001, or 0.02 where both axes have two neighbours and sums are in fixed
// point. An axis that keeps its extent is left as it is.
#pragma once
#include <cstdint>
#include <vector>

namespace ingot::runtime {

/// How one axis is resized: output i is the sum over k < taps of weights[i * taps + k] * input[first[i] + k]; all indices are within the
/// input, `first` never decreases.
struct AxisWeights {
  std::uint32_t taps = 1;
  std::vector<std::uint32_t> first;
  std::vector<float> weights;
};
AxisWeights bilinear_weights(std::uint32_t in, std::uint32_t out, bool antialias);

/// Use: for every input row, fill the bytes at row() and call commit(); after the last one all outputs are written.
class Resizer {
 public:
  struct Extent {
    std::uint32_t height, width;
  };
  /// Extents are at least 1; `to` receives [out.height, out.width, channels].
  Resizer(Extent in, Extent out, std::uint32_t channels, bool antialias, std::uint8_t* to);

  /// Room for the next input row, in.width * channels bytes.
  [[nodiscard]] std::uint8_t* row() noexcept { return ring_.data() + next_ % vertical_.taps * stride_; }
  void commit();

 private:
  void emit(std::uint32_t y);
  void emit_of_pairs(const std::uint8_t* upper, const std::uint8_t* lower, const float* weights, std::uint8_t* to);

  std::uint32_t channels_;
  std::size_t row_bytes_, stride_;  // of an input row, and of one in the ring: whole vectors
  AxisWeights vertical_, horizontal_;
  std::vector<std::uint8_t> ring_;  // the last vertical_.taps input rows
  // One row, vertical done, horizontal not yet: in float, or in fixed point with the weights of the columns in pairs.
  std::vector<float> blended_;
  std::vector<std::int16_t> blended_pairs_;
  std::vector<std::uint32_t> pairs_;  // empty: in float
  std::uint32_t next_ = 0;            // number of the next input row
  std::uint32_t done_ = 0;            // output rows written
  std::uint8_t* to_;
};

}  // namespace ingot::runtime
