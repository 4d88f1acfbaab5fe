// What can be wrong with a definition, as plain data: sealing, the proof and the run-time checks all return a `diag`;
// explain() (explain.hpp) turns it into one sentence. Nothing here throws.
#pragma once
#include <ingot/dsl/flat.hpp>

namespace ingot {

enum class error : std::uint8_t {
  ok,
  // found while sealing
  no_input,             ///< an op reads an input that nothing feeds
  input_not_first,      ///< an input behind another op, or inside a conditional part
  name_too_long,        ///< name: the cut text; hp >= 0: a hyper-parameter, else a layer
  duplicate_layer,      ///< x: line of the first
  unknown_layer,        ///< from(name) or output(name) that no earlier layer has
  unused_layer,         ///< reaches no output
  duplicate_hp,         ///< x: line of the first
  unknown_hp,           ///< name
  too_many_hps,         ///< x: how many
  too_many_outputs,     ///< x: inputs or outputs; y: 0 inputs, 1 outputs
  empty_range,          ///< x .. y
  bad_step,             ///< x: step
  bad_log_range,        ///< x: lower end
  range_too_large,      ///< an end of an integer range lies outside +-2^31
  size_not_integer,     ///< a hyper-parameter that is no integer is used as `name`
  number_not_numeric,   ///< an activation is used as a number
  guard_not_integer,    ///< a condition reads a real or an activation
  act_not_activation,   ///< a hyper-parameter that is no activation is used as one
  number_out_of_range,  ///< name: the option; x: the value, or the end of the range, that violates `bound`
  loss_missing,         ///< an optimizer without a loss
  loss_twice,           ///< two losses for one output
  part_twice,           ///< name: the part of the recipe that is given twice
  pieces_disordered,    ///< piecewise_rate: boundary x is followed by y
  unknown_group,        ///< name: the prefix of a group that starts no layer's name
  too_many_groups,      ///< x: how many
  // found by the proof or at run time
  rank,                ///< a: input shape, of an op that wants other axes (wanted_axes)
  rank_change,         ///< a conditional part changes the number of axes, from x to y
  nonpositive,         ///< x: a size
  bad_window,          ///< a: window, b: strides; some entry is below 1
  window_too_large,    ///< a: input, b: window
  add_mismatch,        ///< a: main path, b: shortcut
  concat_mismatch,     ///< a: main path, b: the other
  reshape_mismatch,    ///< a: input, b: target
  too_large,           ///< x: an extent above 2^31 - 1
  loss_width,          ///< a: output, x: the loss
  loss_activation,     ///< x: activation, y: the loss
  not_shown,           ///< the proof gave up; `reason` says at which check
  value_out_of_range,  ///< hp, x: a value that is no point of the space
  // metrics and weights
  metric_unfit,         ///< x: a metric of metrics(...) that no output can have
  metric_missing,       ///< x: a watched figure that metrics(...) does not ask for; y: its `watcher`
  metric_training,      ///< x: a watched figure that training steps do not have; y: its `watcher`
  class_weights_unfit,  ///< a: output, which does not say one class for each row, or is one of several
  class_weights_count,  ///< a: output, x: its number of classes, y: the number of weights
  class_weights_many,   ///< x: the number of weights
  // windows
  bad_dilation,      ///< a: dilation; some entry is below 1
  strided_dilation,  ///< a: strides, b: dilation; both above 1
  bad_groups,        ///< x: groups, y: filters, a: input; x does not divide the channels of both
  bad_padding,       ///< x: a negative padding
  embedding_input,   ///< an embedding that does not read an input
  embedding_scaled,  ///< an embedding in a model whose inputs are rescaled or standardized
  // craft
  cache_late,          ///< cache behind augment
  many_augmentations,  ///< x: how many
  many_pruned,         ///< x: how many layers
  unknown_pruned,      ///< name: a layer of prune(...) that does not exist or has no kernel
  reversed_range,      ///< x .. y: the range of an augmentation
  augment_input,       ///< a: the input, which is no image
  mix_loss,            ///< x: the loss, which has no classes that can be mixed
  augment_colours,     ///< a: the input, which has not three channels
  zoom_factor,         ///< x: a factor of random_zoom that leaves nothing to see
  prune_share,         ///< x: 1: two_of_four with a sparsity, 0: another form without one
  prune_global,        ///< two_of_four with global_threshold
};

/// The part of a recipe that watches a figure.
enum class watcher : std::uint8_t { early_stopping, random_search, stop_when, reduce_on_plateau };

/// What a number of the recipe or of a layer must satisfy.
enum class bound : std::uint8_t { none, unit_open, unit_closed, positive, nonnegative, at_least_one, nonnegative_integer };

struct diag {
  error code = error::ok;
  error reason = error::ok;  ///< not_shown: the check that could not be shown
  bound want = bound::none;  ///< number_out_of_range
  std::int16_t op = -1, hp = -1;
  std::int32_t line = 0;
  shape a{}, b{};
  double x = 0, y = 0;
  name_t name{};
  std::uint64_t depends = 0;  ///< bits of the hyper-parameters that the failing check reads; 0: not known
  constexpr explicit operator bool() const { return code != error::ok; }
};

}  // namespace ingot
