// Graphs of tests are written as text, without the frame that is the same in all of them.
#pragma once
#include "ir/parse.hpp"
#include "ir/print.hpp"
#include "ir/verify.hpp"

#include <string>

namespace ingot::test {

/// A graph in f64 whose tables fit most tests: input x [4], target t [4], target label (a class number), states w [3,4] and
/// v [1,4], the scalars of training; `body`: nodes and results.
inline codegen::Graph graph_of(const std::string& body) {
  const std::string text =
      "graph \"test\" f64\n"
      "input \"x\" f64 [4]\n"
      "target \"t\" f32 [4]\n"
      "target \"label\" i32 []\n"
      "state 0 \"w\" f64 [3,4] parameter constant 0\n"
      "state 1 \"v\" f64 [4] parameter constant 0\n"
      "scalar 0 \"learning_rate\" rate -1 0\n"
      "scalar 1 \"step\" step -1 0\n"
      "scalar 2 \"seed_low\" seed_low -1 0\n"
      "scalar 3 \"seed_high\" seed_high -1 0\n";
  codegen::Graph g = codegen::parse_graph(text + body + "end\n");
  codegen::verify(g, codegen::Stage::built, "test");
  return g;
}

/// The nodes and results of a graph as text, names left out.
inline std::string body_of(codegen::Graph g) {
  for (codegen::Node& n : g.nodes) n.name.clear();
  const std::string all = codegen::print(g);
  std::size_t from = all.find("\n%");
  from = from == std::string::npos ? all.size() : from + 1;
  return all.substr(from, all.size() - from - 4);  // without "end\n"
}

}  // namespace ingot::test
