// Graphs over small images as text: 4 x 4 pixels of 16 channels, a 3 x 3 kernel, rows for a normalization.
#pragma once
#include "ir/parse.hpp"
#include "ir/verify.hpp"

#include <string>

namespace ingot::test {

inline const std::string same_3x3 = "window=4,4->4,4 kernel=3,3 stride=1,1 dilation=1,1 spread=1,1 pad=1,1";

/// %0: the image; %1: the kernel; %2: a row; `body` begins with %3.
inline codegen::Graph image_graph(const std::string& body, const std::string& dtype = "f32") {
  codegen::Graph g = codegen::parse_graph("graph \"test\" " + dtype + "\ninput \"x\" " + dtype + " [4,4,16]\nstate 0 \"k\" " + dtype +
                                          " [3,3,16,16] parameter constant 0\nstate 1 \"b\" " + dtype + " [16] parameter constant 0\n" +
                                          "%0 = input : " + dtype + "[B*16,16]\n%1 = state : " + dtype +
                                          "[144,16]\n%2 = state index=1 : " + dtype + "[1,16]\n" + body + "end\n");
  codegen::verify(g, codegen::Stage::primitive, "test");
  return g;
}

}  // namespace ingot::test
