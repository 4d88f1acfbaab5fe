// The work of bind(): one member function per kind of layer, grouped by family in bind_*.cpp.
#pragma once
#include "import/bind.hpp"
#include "import/tables.hpp"

namespace ingot::codegen {

class Binder {
 public:
  /// Throws UserError for values outside their ranges. The arguments must outlive the binder.
  Binder(const definition_view& d, const double* values, DType dtype, bool training);
  Bound run(bool with_targets);

 private:
  ValueId bind_op(int i);
  ValueId input(int i);
  ValueId dense(int i);
  void note_activity(int i);
  void add_output(int k, bool with_targets);
  ValueId target_leaf(const Type& t);

  // bind_image.cpp
  ValueId bind_image(int i);  ///< a layer that reads or makes an image, or a sequence through a window
  ValueId convolution(int i);
  ValueId grouped_convolution(int i, ValueId kernel);
  ValueId depthwise_convolution(int i, ValueId kernel);
  ValueId upsample(int i);
  ValueId windowed(int i, Op op, const Window& w);  ///< `op` over what layer i reads

  // bind_norm.cpp
  ValueId batch_norm(int i);
  ValueId layer_norm(int i);
  ValueId parameter_or(std::int32_t state, double otherwise);  ///< the leaf; a constant where there is none

  // bind_sequence.cpp
  ValueId embedding(int i);

  // bind_random.cpp
  ValueId dropout(int i);
  ValueId spatial_dropout(int i);
  ValueId gaussian_noise(int i);
  ValueId stochastic_depth(int i);
  ValueId drop_whole(int i, ValueId x, std::int64_t decisions);  ///< 1: samples; as many as channels: these

  // what layers share
  [[nodiscard]] const op& layer(int i) const { return d_.ops[i]; }
  [[nodiscard]] const shape& shape_of(int i) const { return shapes_[static_cast<std::size_t>(i)]; }
  [[nodiscard]] const shape& shape_before(int i) const { return shape_of(d_.ops[i].in[0]); }
  [[nodiscard]] std::string name(int i, std::string_view part) const;  ///< "hidden.kernel"
  /// The value of op i as [leading axes, last axis].
  ValueId as_matrix(int i);
  ValueId source(int i) { return as_matrix(d_.ops[i].in[0]); }  ///< what layer i reads
  ValueId number(const num& n);                                 ///< [1,1] in the dtype of computation
  ValueId kernel(int i);                                        ///< the leaf; its penalty is noted
  ValueId add_bias(int i, ValueId y);
  ValueId activation(int i, ValueId x);  ///< bind_activation.cpp
  void penalty(std::int32_t state, const num& l1, const num& l2);

  const definition_view& d_;
  const double* values_;
  bool training_;
  Bound bound_;
  std::vector<shape> shapes_;
  std::vector<ValueId> value_;  ///< per op; of any matrix extents with the right elements per sample
  StateTable states_;
  std::int32_t targets_ = 0;
  Builder b_;
};

}  // namespace ingot::codegen
