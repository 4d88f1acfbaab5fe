// The finished train graph of a small net, as text, against a committed copy: the graph must not depend on the C++ compiler that
// built us, since plans and cached kernels are named by hashes of it. A wanted change: write the new text into the file.
#include "codegen/support/definition_builder.hpp"
#include "import/build.hpp"
#include "ir/parse.hpp"
#include "ir/print.hpp"

#include <catch2/catch.hpp>

#include <fstream>
#include <iterator>

using namespace ingot;
using namespace ingot::codegen;

TEST_CASE("the train graph of a small net is the committed one", "[build][golden]") {
  test::DefinitionBuilder b("small");
  b.input({2, 2}, "image");
  b.flatten();
  const int hidden = b.dense(5, act::relu, "hidden");
  b.at(hidden).l2.k = 0.01;
  b.dropout(0.25, "drop");
  b.dense(3, act::softmax, "scores");
  b.loss(loss_kind::sparse_categorical_crossentropy);
  b.optimizer(opt_kind::adam);
  b.recipe.rescale_on = true;
  b.recipe.rescale.k = 1 / 255.0;
  const std::string text = print(build(b.view(), nullptr, Entry::train, DType::f32));
  std::ifstream file(GOLDEN_DIR "/small_train.txt", std::ios::binary);
  REQUIRE(file);
  const std::string golden{std::istreambuf_iterator<char>(file), {}};
  CHECK(text == golden);
  CHECK(print(parse_graph(golden)) == golden);
}
