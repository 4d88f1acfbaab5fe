// Building a graph is part of what a new variant costs when its kernels are cached (3 ms in all).
#include "codegen/support/definition_builder.hpp"
#include "import/build.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <chrono>

using namespace ingot;
using namespace ingot::codegen;

TEST_CASE("the train graph of a two-layer net is built in well under a millisecond", "[build][speed]") {
  const test::DefinitionBuilder b = test::reference_mlp(512, 0.2);
  double best = 1;
  for (int i = 0; i < 50; ++i) {
    const auto start = std::chrono::steady_clock::now();
    const Graph g = build(b.view(), nullptr, Entry::train, DType::f32);
    best = std::min(best, std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
    REQUIRE(g.nodes.size() > 100);
  }
#ifdef NDEBUG
  CHECK(best < 0.4e-3);
#else
  CHECK(best < 8e-3);
#endif
}
