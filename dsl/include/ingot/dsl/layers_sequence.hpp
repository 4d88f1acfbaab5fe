// Layers on sequences: embedding makes steps x channels of token numbers, conv1d slides over the steps.
#pragma once
#include <ingot/dsl/options.hpp>

namespace ingot {

template <class T>
inline constexpr bool for_conv1d = detail::conv1d_option<T>;
/// Cross-correlation over steps x channels, kernel [steps, in / groups, filters]. Options: those of dense,
/// valid/same/causal, strides, dilation and groups of one number (1 by default).
template <class F, class K, class... O>
struct conv1d : block<1, detail::rows_of<F> + detail::rows_of<K> + (0 + ... + detail::rows_of<O>)> {
  static_assert(dim_arg<F>, "conv1d(filters, kernel, options...): filters must be an integer or a hyper-parameter");
  static_assert(dim_arg<K>, "conv1d(filters, kernel, options...): the kernel must be an integer or a hyper-parameter");
  static_assert((... && for_conv1d<O>), "conv1d(filters, kernel, options...): an option does not apply to a conv1d layer");
  constexpr conv1d(F filters, K kernel, O... options, where w = where::current()) {
    op& o = this->ops[0] = detail::make_op(op_kind::conv1d, detail::line_of(w));
    detail::row_sink sink{this->hps};
    o.kernel[1].k = o.stride[0].k = 1;
    if constexpr (dim_arg<F>) detail::set(o.size[0], filters, sink);
    if constexpr (dim_arg<K>) detail::set(o.kernel[0], kernel, sink);
    if constexpr ((... && for_conv1d<O>)) (detail::apply(o, options, sink), ...);
    o.stride[1] = o.dilation[1] = dim{1, 1, 1, -1};  // one axis only, whatever an option sets for both
  }
};
template <class F, class K, class... O>
conv1d(F, K, O...) -> conv1d<F, K, O...>;

template <class T>
inline constexpr bool for_embedding = detail::is_init<T> || detail::is_plain_regularizer<T>;
/// A row of a table [vocabulary, width] for each token number of an input of one axis, 0 .. vocabulary - 1. Options: an
/// initializer (random_uniform by default), l1/l2/l1_l2 of the table.
template <class V, class U, class... O>
struct embedding : block<1, detail::rows_of<V> + detail::rows_of<U> + (0 + ... + detail::rows_of<O>)> {
  static_assert(dim_arg<V> && dim_arg<U>, "embedding(vocabulary, width, options...): a size must be an integer or a hyper-parameter");
  static_assert((... && for_embedding<O>), "embedding(vocabulary, width, options...): an option does not apply to an embedding");
  constexpr embedding(V vocabulary, U width, O... options, where w = where::current()) {
    op& o = this->ops[0] = detail::make_op(op_kind::embedding, detail::line_of(w));
    detail::row_sink sink{this->hps};
    detail::set_init(o.init, o.init_value, init_kind::random_uniform, sink);
    if constexpr (dim_arg<V> && dim_arg<U>) {
      detail::set(o.size[0], vocabulary, sink);
      detail::set(o.size[1], width, sink);
    }
    if constexpr ((... && for_embedding<O>)) (detail::apply(o, options, sink), ...);
  }
};
template <class V, class U, class... O>
embedding(V, U, O...) -> embedding<V, U, O...>;

}  // namespace ingot
