// What rounding does to a result by itself: how far it moves when every value on the way to it is rounded differently.
//
// Sums that cancel (means of normalized numbers, gradients through the moments of one row) and choices between equal numbers (the pixel
// that a maximum came from) magnify rounding without bound, in any program. No kernel can be held to more than the result holds still.
#pragma once
#include "codegen/support/sample_values.hpp"
#include "codegen/support/tolerance.hpp"
#include "pass/rewrite.hpp"

#include <catch2/catch.hpp>

#include <array>

namespace ingot::test {

/// The graph with every element of every number in it, leaves included, times 1 + `deviation` * a normal number; `run` picks these.
inline Graph with_noise(Graph g, double deviation, std::int32_t run) {
  codegen::Rewriter rewriter(g);
  for (codegen::ValueId v = 0; v < rewriter.old_size(); ++v) {
    rewriter.keep(v);
    const codegen::Type type = rewriter.old(v).type;
    if (type.dtype != codegen::DType::f32 && type.dtype != codegen::DType::f64) continue;
    codegen::Builder& b = rewriter.builder_for(v);
    codegen::Attr stream;
    stream.layer = (run + 1) * rewriter.old_size() + v;
    const codegen::ValueId noise = b.node(codegen::Op::normal, std::array{b.constant(deviation, codegen::DType::f64)}, stream, type);
    const codegen::ValueId x = rewriter.at(v);
    rewriter.replace(v, b.binary(codegen::Op::add, x, b.binary(codegen::Op::mul, x, noise)));
  }
  rewriter.finish();
  return g;
}

/// Per result of `g`, the largest relative distance over eight runs of the interpreter in which all values are off by about four units
/// of roundoff of `dtype`, as sums and vector functions are.
inline std::vector<double> effect_of_rounding(const Graph& g, const InterpreterInputs& in, codegen::DType dtype) {
  const codegen::InterpreterOutputs exact = codegen::interpret(g, in);
  std::vector<double> far(exact.results.size(), 0);
  for (std::int32_t run = 0; run < 8; ++run) {
    const codegen::InterpreterOutputs out = codegen::interpret(with_noise(g, 4 * unit_roundoff(dtype), run), in);
    for (std::size_t r = 0; r < far.size(); ++r) far[r] = std::max(far[r], relative_distance(out.results[r], exact.results[r]));
  }
  return far;
}

/// Is each result of `g` as near to the other as `allowed`, or as near as rounding lets it be? Says which is not.
inline bool within_rounding(const Graph& g, const InterpreterInputs& in, codegen::DType dtype, double allowed, const std::vector<Values>& a,
                            const std::vector<Values>& b) {
  const std::vector<double> far = effect_of_rounding(g, in, dtype);
  bool near = true;
  for (std::size_t r = 0; r < far.size(); ++r) {
    const double distance = relative_distance(a[r], b[r]);
    if (distance <= allowed + far[r]) continue;
    UNSCOPED_INFO(g.results[r].name << ": " << distance << " off, and rounding moves it by " << far[r]);
    near = false;
  }
  return near;
}

}  // namespace ingot::test
