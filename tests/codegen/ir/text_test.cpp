// The text form: an exact round trip of everything a graph holds, and errors that name the line.
#include "codegen/support/graph_text.hpp"
#include "ir/error.hpp"

#include <catch2/catch.hpp>

#include <cmath>
#include <limits>

using namespace ingot::codegen;

namespace {

std::string error_of(const std::string& text) {
  try {
    (void)parse_graph(text);
  } catch (const UserError& e) {
    return e.what();
  }
  return "";
}

}  // namespace

TEST_CASE("numbers survive the round trip bit for bit", "[text]") {
  const double cases[] = {0.1,
                          1.0 / 3,
                          1e-310,
                          5e-324,
                          1.7976931348623157e308,
                          -0.0,
                          123456789.123456789,
                          std::numeric_limits<double>::infinity(),
                          -std::numeric_limits<double>::infinity()};
  for (const double value : cases) {
    Graph g;
    g.dtype = DType::f64;
    Attr attr;
    attr.value = value;
    g.add(Op::constant, {DType::f64, false, 1, 1}, {}, attr);
    g.scalars.push_back({"s", ScalarKind::power, -1, value});
    const Graph back = parse_graph(print(g));
    CHECK(back.nodes[0].attr.value == value);
    CHECK(std::signbit(back.nodes[0].attr.value) == std::signbit(value));
    CHECK(back.scalars[0].constant == value);
  }
}

TEST_CASE("every table and attribute survives the round trip", "[text]") {
  Graph g;
  g.name = "name with \"quotes\", \\ and \n and \x01";
  g.dtype = DType::f64;
  g.inputs = {{"a", {2, 3, 4}, DType::u8}, {"b", {}, DType::f64}};
  g.targets = {{"t", {}, DType::i32}};
  g.outputs = {{"o", {7}, DType::f64}};
  g.states.push_back({"w", {3, 4}, DType::f64, Role::parameter, Init::orthogonal, 0.25, -1});
  g.states.push_back({"w/m", {3, 4}, DType::f64, Role::slot, Init::constant, 0, 0});
  g.states.push_back({"mean", {}, DType::f32, Role::statistic, Init::uniform, 1, -1});
  g.scalars = {{"a", ScalarKind::hp, 3, 0}, {"b", ScalarKind::power, -1, 0.999}, {"c", ScalarKind::seed_high, -1, 0}};
  Attr attr;
  attr.value = 0.5;
  attr.index = 1;
  attr.layer = 7;
  attr.begin = 5;
  attr.transpose_a = attr.transpose_b = attr.training = true;
  g.add(Op::state, {DType::f64, false, 3, 4}, {}, {}, "w");
  g.add(Op::matmul, {DType::boolean, true, 2, 5}, {0, 0}, attr, "");
  g.results = {{ResultKind::assign, 0, 0, "w"}, {ResultKind::metric, 1, 1, ""}, {ResultKind::output, 2, 1, "o"}};

  const std::string text = print(g);
  const Graph back = parse_graph(text);
  CHECK(print(back) == text);
  CHECK(back.name == g.name);
  CHECK(back.nodes[1].attr == g.nodes[1].attr);
  CHECK(back.nodes[1].type == g.nodes[1].type);
  CHECK(back.nodes[1].in == g.nodes[1].in);
  CHECK(back.states[1].parameter == 0);
  CHECK(back.states[0].init == Init::orthogonal);
  CHECK(back.inputs[0].dims == std::vector<std::int64_t>{2, 3, 4});
  CHECK(back.results[1].kind == ResultKind::metric);
}

TEST_CASE("comments and blank lines are skipped", "[text]") {
  const Graph g = parse_graph("# a comment\n\n  graph \"g\" f32  \n\t%0 = rows : f64[1,1]\r\n # more\nresult 0 %0 \"r\"\nend\n\n");
  CHECK(g.nodes.size() == 1);
  CHECK(g.results.size() == 1);
}

TEST_CASE("errors name the line and what was expected", "[text]") {
  const std::string head = "graph \"g\" f32\n";
  CHECK(error_of("") == "line 0: expected 'graph', found the end of the line");
  CHECK(error_of(head) == "line 1: expected 'end', found the end of the line");
  CHECK(error_of(head + "%0 = nonsense : f32[1,1]\nend\n").find("line 2: expected the name of an op") == 0);
  CHECK(error_of(head + "%1 = rows : f64[1,1]\nend\n").find("line 2: expected an integer in 0 .. 0") == 0);
  CHECK(error_of(head + "%0 = neg %0 : f64[1,1]\nend\n").find("line 2: expected no operand") == 0);
  CHECK(error_of(head + "%0 = rows : f64[1,1]\n%1 = neg %1 : f64[1,1]\nend\n").find("line 3: expected an integer in 0 .. 0") == 0);
  CHECK(error_of(head + "%0 = rows : f64[0,1]\nend\n").find("line 2: expected an integer in 1 .. 2147483647") == 0);
  CHECK(error_of(head + "%0 = rows : g64[1,1]\nend\n").find("line 2: expected a dtype") == 0);
  CHECK(error_of(head + "%0 = rows wrong : f64[1,1]\nend\n").find("line 2: expected an operand, an attribute or ':'") == 0);
  CHECK(error_of(head + "%0 = rows : f64[1,1] \"name\nend\n").find("line 2: expected '\"'") == 0);
  CHECK(error_of(head + "state 1 \"w\" f32 [] parameter constant 0\nend\n").find("line 2: expected an integer in 0 .. 0") == 0);
  CHECK(error_of(head + "state 0 \"w\" f32 [] boss constant 0\nend\n")
            .find("line 2: expected parameter, slot, statistic, frozen or mirror") == 0);
  CHECK(error_of(head + "assign 0 %0 \"w\"\nend\n").find("line 2: expected no operand") == 0);
  CHECK(error_of(head + "%0 = constant value=1e999 : f32[1,1]\nend\n").find("line 2: expected a number") == 0);
  CHECK(error_of(head + "end\nrows\n").find("line 3: expected nothing after 'end'") == 0);
  CHECK(error_of(head + "bogus\nend\n").find("line 2: expected a node") == 0);
}
