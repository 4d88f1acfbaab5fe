// Shape rules against Keras: every row of golden/layer_shapes.txt (written by layer_shapes.py) has the shape, or the error, that
// Keras has there.
#include <catch2/catch.hpp>
#include <ingot/dsl/explain.hpp>

#include <fstream>
#include <map>
#include <sstream>
#include <string>

using namespace ingot;

namespace {

op_kind kind_of(std::string_view name) {
  for (int k = 0; k < n_op_kinds; ++k)
    if (kind_name(static_cast<op_kind>(k)) == name) return static_cast<op_kind>(k);
  return op_kind::input;
}

/// A model of one input and one layer, and what Keras makes of it.
struct row {
  op ops[2]{};
  shape want{};  ///< rank 0: an error
};

row read_row(std::istream& in) {
  row r;
  std::string kind, padding, word;
  op& input = r.ops[0];
  op& o = r.ops[1];
  input.kind = op_kind::input;
  input.in[0] = unused;
  o.in[0] = 0;
  in >> kind >> input.rank;
  o.kind = kind_of(kind);
  for (int k = 0; k < input.rank; ++k) in >> input.size[k].k;
  in >> o.size[0].k >> o.kernel[0].k >> o.kernel[1].k >> o.stride[0].k >> o.stride[1].k >> o.dilation[0].k >> o.dilation[1].k;
  in >> o.groups.k >> padding;
  o.pad = padding == "same" ? pad_kind::same : padding == "causal" ? pad_kind::causal : pad_kind::valid;
  for (dim& x : o.pad_size) in >> x.k;
  for (int k = 0; k < 2; ++k) o.factor[k] = o.pad_size[k];
  while (in >> word && word != "error") r.want.d[r.want.rank++] = std::stoi(word);
  return r;
}

}  // namespace

TEST_CASE("layers have Keras's shapes") {
  std::ifstream file(LAYER_SHAPES);
  std::map<std::string, int> shapes, errors;
  const recipe_t recipe;
  for (std::string line; std::getline(file, line);) {
    if (line.front() == '#') continue;
    std::istringstream words(line);
    const row r = read_row(words);
    definition_view d;
    d.ops = r.ops;
    d.n_ops = 2;
    d.recipe = &recipe;
    shape got[2];
    const diag bad = infer(d, nullptr, got);
    INFO(line << "\n" << explain(bad, d, nullptr).view());
    CHECK(static_cast<bool>(bad) == (r.want.rank == 0));
    if (!bad) CHECK(got[1] == r.want);
    ++(bad ? errors : shapes)[std::string(kind_name(r.ops[1].kind))];
  }
  CHECK(shapes.size() == 8);
  for (const char* kind : {"conv1d", "conv2d", "depthwise_conv2d", "max_pool", "avg_pool"}) CHECK(errors[kind] > 0);
}
