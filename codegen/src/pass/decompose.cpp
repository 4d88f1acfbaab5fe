#include "pass/decompose.hpp"

#include "ir/batch_moments.hpp"
#include "ir/error.hpp"
#include "ir/op_info.hpp"
#include "pass/decompose_rules.hpp"
#include "pass/rewrite.hpp"

#include <algorithm>
#include <array>
#include <numbers>

namespace ingot::codegen {
namespace {

ValueId zero(Builder& b, ValueId like) { return b.constant(0, b.type(like).dtype); }

ValueId elu(Builder& b, double alpha, ValueId x) {
  // exp(x) - 1 = 2 t / (1 - t) with t = tanh(x / 2): no cancellation near zero
  const ValueId t = b.unary(Op::tanh, b.mul(x, 0.5));
  const ValueId below = b.div(b.mul(t, 2 * alpha), b.sub_from(1, t));
  return b.select(b.greater(x, 0.0), x, below);
}

ValueId gelu(Builder& b, ValueId x) {
  const ValueId cdf = b.mul(b.add(b.unary(Op::erf, b.mul(x, std::numbers::sqrt2 / 2)), 1.0), 0.5);
  return b.mul(x, cdf);
}

ValueId dropout(Builder& b, const Node& n, ValueId x, ValueId rate) {
  const Node& r = b.graph().node(rate);
  if (!n.attr.training || (r.op == Op::constant && r.attr.value == 0)) return x;
  // a rate of 1 makes the scale infinite, and the mask drops every product
  const ValueId scale = b.cast(b.div(b.constant(1, DType::f64), b.sub_from(1, rate)), b.type(x).dtype);
  const ValueId scaled = b.mul(x, scale);
  return b.select(b.keep_mask(rate, n.type, n.attr.layer), scaled, zero(b, x));
}

ValueId softmax(Builder& b, ValueId x, bool logarithm) {
  const ValueId shifted = b.sub(x, b.unary(Op::row_max, x));
  const ValueId e = b.unary(Op::exp, shifted), sum = b.unary(Op::row_sum, e);
  return logarithm ? b.sub(shifted, b.unary(Op::log, sum)) : b.div(e, sum);
}

ValueId batch_norm(Builder& b, ValueId x, ValueId gamma, ValueId beta, ValueId epsilon) {
  const BatchMoments m = batch_moments(b, x);
  const ValueId scale = b.div(gamma, b.unary(Op::sqrt, b.add(m.variance, epsilon)));
  return b.add(b.mul(m.centred, scale), beta);
}

}  // namespace

ValueId decompose_activation(Builder& b, const Node& n, std::span<const ValueId> in) {
  const ValueId x = in[0];
  switch (n.op) {
    case Op::relu:  // zero first: maximum returns its second operand for a NaN
      return b.binary(Op::maximum, zero(b, x), x);
    case Op::leaky_relu:
      return b.select(b.greater(x, 0.0), x, b.mul(x, n.attr.value));
    case Op::elu:
      return elu(b, n.attr.value, x);
    case Op::gelu:
      return gelu(b, x);
    case Op::silu:
      return b.mul(x, b.unary(Op::sigmoid, x));
    case Op::batch_norm:
      return batch_norm(b, x, in[1], in[2], in[3]);
    case Op::dropout:
      return dropout(b, n, x, in[1]);
    case Op::softmax:
    case Op::log_softmax:
      return softmax(b, x, n.op == Op::log_softmax);
    default:
      throw InternalError("decompose: no rule for " + std::string(op_name(n.op)));
  }
}

bool decompose(Graph& g) {
  if (std::none_of(g.nodes.begin(), g.nodes.end(), [](const Node& n) { return is_decomposed(n.op); })) return false;
  Rewriter rewriter(g);
  for (ValueId v = 0; v < rewriter.old_size(); ++v) {
    const Node& n = rewriter.old(v);
    if (!is_decomposed(n.op)) {
      rewriter.keep(v);
      continue;
    }
    std::array<ValueId, max_arity> in{};
    std::transform(n.in.begin(), n.in.end(), in.begin(), [&](ValueId o) { return rewriter.at(o); });
    Builder& b = rewriter.builder_for(v);
    const auto rule = op_family(n.op) == Family::loss ? decompose_loss : decompose_activation;
    rewriter.replace(v, rule(b, n, {in.data(), n.in.size()}));
  }
  rewriter.finish();
  return true;
}

}  // namespace ingot::codegen
