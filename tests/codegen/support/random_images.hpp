// Random layers on images and sequences: windows of all kinds and normalization, valid for whatever they read.
#pragma once
#include "codegen/support/definition_builder.hpp"
#include "codegen/support/sample_values.hpp"

#include <ingot/dsl/infer.hpp>

#include <algorithm>
#include <array>

namespace ingot::test {

class RandomImages {
 public:
  /// Images have up to `largest` lines and columns; layers of `widest` channels at most.
  RandomImages(DefinitionBuilder& b, Random& random, int largest, int widest)
      : b_(b), random_(random), largest_(largest), widest_(widest) {}

  /// An input, 1 to `depth` layers, and a layer that makes one axis of what is left.
  void run(int depth) {
    const bool sequence = random_.chance(0.25);
    if (sequence)
      b_.input({extent(), channels()}, "x");
    else
      b_.input({extent(), extent(), channels()}, "x");
    for (std::int64_t n = 1 + random_.below(depth); n > 0; --n) {
      if (sequence || random_.chance(0.7))
        layer(sequence);
      else
        block();
      if (random_.chance(0.3)) normalization();
      if (random_.chance(0.3))
        b_.activation(random_.chance(0.5) ? act::gelu : act::tanh, name("act"));  // no kinks: means of bytes may be 0
      if (random_.chance(0.15)) b_.at(b_.other(op_kind::spatial_dropout, name("drop"))).rate.k = 0.3;
      if (random_.chance(0.15)) row_normalization();
    }
    if (!sequence && random_.chance(0.4))
      b_.other(random_.chance(0.7) ? op_kind::global_avg_pool : op_kind::global_max_pool, name("global"));
    else
      b_.flatten(name("flat"));
  }

 private:
  std::string name(const char* stem) { return stem + std::to_string(b_.size()); }
  int up_to(int n) { return 1 + static_cast<int>(random_.below(n)); }
  int extent() { return 1 + up_to(largest_ - 1); }
  int channels() { return up_to(widest_); }

  /// The shape that the next layer reads.
  shape current() const {
    std::array<shape, 64> shapes{};
    infer(b_.view(), nullptr, shapes.data());
    return shapes[static_cast<std::size_t>(b_.size()) - 1];
  }

  void layer(bool sequence) {
    if (sequence) return convolution(op_kind::conv1d, 1);
    switch (random_.below(8)) {
      case 0:
      case 1:
        return convolution(op_kind::conv2d, 2);
      case 2:
        return depthwise();
      case 3:
        return transposed();
      case 4:
        return pool(op_kind::max_pool);
      case 5:
        return pool(op_kind::avg_pool);
      case 6:
        return padding();
      default:
        return upsampling();
    }
  }

  /// Two convolutions that keep the extents, beside what they read: added to it, or joined with it.
  void block() {
    const int before = b_.size() - 1;
    const int read = current().d[2];
    same_convolution(random_.chance(0.5) ? read : std::min(16, widest_), random_.chance(0.5) ? act::tanh : act::gelu);
    const bool joined = read * 2 <= widest_ && random_.chance(0.4);
    same_convolution(read, act::linear);
    b_.join(joined ? op_kind::concat : op_kind::add, b_.size() - 1, before, name(joined ? "cat" : "sum"));
  }
  void same_convolution(int filters, act activation) {
    op& o = b_.at(b_.other(op_kind::conv2d, name("w")));
    o.pad = pad_kind::same;
    for (int k = 0; k < 2; ++k) {
      o.kernel[k].k = 3;
      o.stride[k].k = 1;
    }
    o.size[0].k = filters;
    o.activation = activation;
  }

  op& windowed(op_kind kind, int axes) {
    const shape in = current();
    op& o = b_.at(b_.other(kind, name("w")));
    o.pad = random_.chance(0.5) ? pad_kind::same : pad_kind::valid;
    for (int k = 0; k < 2; ++k) {
      o.kernel[k].k = k < axes ? up_to(std::min(3, in.d[k])) : 1;
      o.stride[k].k = k < axes ? up_to(2) : 1;
    }
    return o;
  }
  void dilate(op& o, const shape& in, int axes) {
    if (random_.chance(0.7)) return;
    for (int k = 0; k < axes; ++k) {
      o.stride[k].k = 1;
      const int most = o.pad == pad_kind::valid && o.kernel[k].k > 1 ? (in.d[k] - 1) / (o.kernel[k].k - 1) : 2;
      o.dilation[k].k = up_to(std::clamp(most, 1, 2));
    }
  }
  void convolution(op_kind kind, int axes) {
    const shape in = current();
    op& o = windowed(kind, axes);
    if (axes == 1 && random_.chance(0.3)) o.pad = pad_kind::causal;
    dilate(o, in, axes);
    const int last = in.d[in.rank - 1];
    o.groups.k = last % 2 == 0 && random_.chance(0.3) ? 2 : 1;
    o.size[0].k = o.groups.k * up_to(std::max(1, widest_ / o.groups.k));
    finish(o);
  }
  void depthwise() {
    const shape in = current();
    op& o = windowed(op_kind::depthwise_conv2d, 2);
    dilate(o, in, 2);
    o.size[0].k = in.d[2] * 2 <= widest_ ? up_to(2) : 1;
    finish(o);
  }
  void transposed() {
    const shape in = current();
    op& o = windowed(op_kind::conv2d_transpose, 2);
    for (int k = 0; k < 2; ++k) o.stride[k].k = in.d[k] * 2 <= largest_ ? o.stride[k].k : 1;
    o.size[0].k = channels();
    finish(o);
  }
  void finish(op& o) {
    o.use_bias = random_.chance(0.7);
    static constexpr act activations[] = {act::tanh, act::linear,    act::relu, act::softplus,
                                          act::mish, act::hard_silu, act::selu, act::softsign};
    o.activation = activations[random_.below(std::size(activations))];
    if (random_.chance(0.2)) o.l2.k = 0.01;
    o.frozen = random_.chance(0.1);
    if (random_.chance(0.1)) o.activity_l2.k = 0.01;
  }
  void pool(op_kind kind) { windowed(kind, 2); }
  void padding() {
    op& o = b_.at(b_.other(op_kind::zero_pad, name("pad")));
    for (dim& d : o.pad_size) d.k = static_cast<std::int32_t>(random_.below(3));
  }
  void upsampling() {
    const shape in = current();
    op& o = b_.at(b_.other(op_kind::upsample, name("up")));
    for (int k = 0; k < 2; ++k) o.factor[k].k = in.d[k] * 2 <= largest_ ? up_to(2) : 1;
  }
  void row_normalization() {
    const shape in = current();
    if (in.d[in.rank - 1] < 4) return;  // as below
    b_.activation(act::tanh, name("act"));
    b_.other(op_kind::layer_norm, name("norm"));
    b_.activation(act::tanh, name("act"));
  }
  /// Between two tanh: what scales or shifts a channel just before a normalization has no gradient but rounding errors, and so has
  /// everything before a global mean of normalized pixels. The same holds of the moments of a few values. One
  /// at most: what lies before two of them is lost in single precision.
  void normalization() {
    const shape in = current();
    if (normalized_ || in.elements() / in.d[in.rank - 1] < 4) return;
    normalized_ = true;
    b_.activation(act::tanh, name("act"));
    op& o = b_.at(b_.other(op_kind::batch_norm, name("norm")));
    o.scale = random_.chance(0.8);
    o.center = random_.chance(0.8);
    o.epsilon.k = 0.01;
    o.frozen = random_.chance(0.1);
    b_.activation(act::tanh, name("act"));
  }

  DefinitionBuilder& b_;
  Random& random_;
  int largest_, widest_;
  bool normalized_ = false;
};

}  // namespace ingot::test
