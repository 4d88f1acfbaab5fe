// Random graphs print, parse and verify; damaged text is refused with a UserError or a graph that the verifier judges.
#include "codegen/support/graph_text.hpp"
#include "codegen/support/random_graph.hpp"
#include "ir/error.hpp"

#include <catch2/catch.hpp>

using namespace ingot::codegen;
using ingot::test::Random;
using ingot::test::RandomGraph;

TEST_CASE("random graphs round-trip and verify", "[text][fuzz]") {
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    const Graph g = RandomGraph(seed).run(60);
    INFO("seed " << seed);
    verify(g, Stage::built, "random");
    const std::string text = print(g);
    const Graph back = parse_graph(text);
    REQUIRE(print(back) == text);
    verify(back, Stage::built, "parsed");
  }
}

namespace {

std::string damage(std::string text, Random& random) {
  const char alphabet[] = "%0123456789 []:=\"\\*,.-BeEnx\n\t#azf";
  for (std::int64_t n = 1 + random.below(6); n > 0; --n) {
    const auto at = static_cast<std::size_t>(random.below(static_cast<std::int64_t>(text.size())));
    const char c = random.chance(0.05) ? static_cast<char>(random.below(256)) : alphabet[random.below(sizeof alphabet - 1)];
    switch (random.below(4)) {
      case 0:
        text[at] = c;
        break;
      case 1:
        text.insert(at, 1, c);
        break;
      case 2:
        text.erase(at, static_cast<std::size_t>(1 + random.below(8)));
        break;
      default: {  // a piece of it somewhere else
        const std::string piece = text.substr(at, static_cast<std::size_t>(1 + random.below(40)));
        text.insert(static_cast<std::size_t>(random.below(static_cast<std::int64_t>(text.size()))), piece);
      }
    }
    if (text.empty()) text = "graph";
  }
  return text;
}

}  // namespace

TEST_CASE("damaged text never crashes parser, verifier or printer", "[text][fuzz]") {
  Random random(11);
  int parsed = 0, verified = 0;
  for (int round = 0; round < 6000; ++round) {
    const std::string text = damage(print(RandomGraph(static_cast<std::uint64_t>(round % 40)).run(30)), random);
    try {
      const Graph g = parse_graph(text);
      ++parsed;
      REQUIRE(print(parse_graph(print(g))) == print(g));
      verify(g, Stage::built, "damaged");
      ++verified;
    } catch (const UserError& e) {
      REQUIRE(std::string(e.what()).rfind("line ", 0) == 0);
    } catch (const InternalError&) {
    }
  }
  // both outcomes occur, or the test says nothing
  CHECK(parsed > 100);
  CHECK(verified > 20);
  CHECK(parsed < 5900);
}
