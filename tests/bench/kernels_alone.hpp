// The kernels of a graph without the copies from and to the caller's memory: what the figures of single kernels time.
#pragma once
#include "bench/convolution_work.hpp"
#include "ir/graph.hpp"

namespace ingot::bench {

/// One run of the `predict` entry of a float32 graph that is verified, with convolutions in the form that they have in it. Operands are
/// random numbers that stay where they are.
[[nodiscard]] Work kernels_alone(codegen::Graph g, unsigned batch, std::uint32_t threads);

}  // namespace ingot::bench
