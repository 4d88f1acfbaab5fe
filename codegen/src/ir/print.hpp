// The text form of a graph. `parse_graph(print(g))` gives g again, exactly.
//
//   graph "fashion.train" f32
//   input "image" u8 [28,28]
//   target "logits" i32 []
//   output "logits" f32 [10]
//   state 0 "hidden.kernel" f32 [784,512] parameter uniform 0.068
//   state 4 "hidden.kernel/adam.m" f32 [784,512] slot constant 0 of 0
//   scalar 0 "learning_rate" rate -1 0
//   %0 = input index=0 : f32[B,784] "image"
//   %1 = state index=0 : f32[784,512] "hidden.kernel"
//   %2 = matmul %0 %1 : f32[B,512] "hidden.matmul"
//   assign 0 %40 "hidden.kernel"
//   metric 0 %31 "loss"
//   result 0 %12 "logits"
//   end
//
// A batched value of m rows per sample is [B*m,cols]. Names are quoted; \" \\ and \xNN stand for bytes that need it.
// An attribute that has its default value is not written. Numbers are the shortest that read back as the same double.
#pragma once
#include "ir/graph.hpp"

namespace ingot::codegen {

[[nodiscard]] std::string print(const Graph& g);
[[nodiscard]] std::string print_node(const Graph& g, ValueId v);
[[nodiscard]] std::string print_type(const Type& t);

}  // namespace ingot::codegen
