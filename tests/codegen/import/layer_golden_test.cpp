// Single layers against Keras: outputs, losses, gradients and moved statistics of tests/golden/layers/layers.txt.
#include "codegen/support/definition_builder.hpp"
#include "codegen/support/sample_values.hpp"
#include "import/build.hpp"
#include "import/tables.hpp"

#include <catch2/catch.hpp>

#include <fstream>
#include <map>
#include <span>
#include <sstream>

using namespace ingot;
using namespace ingot::codegen;
using namespace ingot::test;

namespace {

struct Tensor {
  std::vector<int> dims;
  Values values;
};
using Tensors = std::map<std::string, Tensor>;

Tensor read_tensor(std::istringstream& in) {
  Tensor t;
  std::string word;
  while (in >> word && word != ":") t.dims.push_back(std::stoi(word));
  for (double v; in >> v;) t.values.push_back(v);
  return t;
}

/// Per case its tensors by name.
std::map<std::string, Tensors> golden_layers() {
  std::ifstream file(GOLDEN_LAYERS "/layers.txt");
  REQUIRE(file);
  std::map<std::string, Tensors> cases;
  std::string name;
  for (std::string line, word; std::getline(file, line);) {
    std::istringstream in(line);
    in >> word;
    if (word == "case")
      in >> name;
    else if (word != "#")
      cases[name][word] = read_tensor(in);
  }
  return cases;
}

void set_pair(dim (&d)[2], int h, int w) {
  d[0].k = h;
  d[1].k = w;
}
void set_window(op& o, int h, int w, int stride_h, int stride_w, pad_kind pad = pad_kind::valid) {
  set_pair(o.kernel, h, w);
  set_pair(o.stride, stride_h, stride_w);
  o.pad = pad;
}
void set_convolution(op& o, int filters, int h, int w, int stride_h, int stride_w, pad_kind pad = pad_kind::valid) {
  o.size[0].k = filters;
  set_window(o, h, w, stride_h, stride_w, pad);
}
void set_sequence(op& o, int filters, int kernel, int stride = 1, pad_kind pad = pad_kind::valid) {
  set_convolution(o, filters, kernel, 1, stride, 1, pad);
}

/// A layer of keras_layers.py as a declaration.
struct Layer {
  const char* name;
  op_kind kind;
  void (*set)(op& o);
};
constexpr pad_kind same = pad_kind::same, causal = pad_kind::causal;
constexpr auto as_it_is = [](op&) {};

const Layer image_layers[] = {
    {"max_pool", op_kind::max_pool, [](op& o) { set_window(o, 2, 3, 2, 3); }},
    {"max_pool_same", op_kind::max_pool, [](op& o) { set_window(o, 3, 3, 2, 2, same); }},
    {"avg_pool_same", op_kind::avg_pool, [](op& o) { set_window(o, 3, 2, 2, 1, same); }},
    {"global_avg_pool", op_kind::global_avg_pool, as_it_is},
    {"global_max_pool", op_kind::global_max_pool, as_it_is},
    {"zero_pad", op_kind::zero_pad,
     [](op& o) {
       o.pad_size[0].k = 1;
       o.pad_size[1].k = 2;
       o.pad_size[3].k = 3;
     }},
    {"upsample", op_kind::upsample, [](op& o) { set_pair(o.factor, 3, 2); }},
    {"conv2d", op_kind::conv2d, [](op& o) { set_convolution(o, 4, 3, 2, 1, 1); }},
    {"conv2d_same_strides", op_kind::conv2d,
     [](op& o) {
       set_convolution(o, 3, 3, 3, 2, 3, same);
       o.activation = act::tanh;
     }},
    {"conv2d_dilation", op_kind::conv2d,
     [](op& o) {
       set_convolution(o, 3, 3, 2, 1, 1);
       set_pair(o.dilation, 2, 3);
     }},
    {"conv2d_dilation_same", op_kind::conv2d,
     [](op& o) {
       set_convolution(o, 2, 2, 3, 1, 1, same);
       set_pair(o.dilation, 2, 2);
     }},
    {"conv2d_groups", op_kind::conv2d,
     [](op& o) {
       set_convolution(o, 4, 3, 3, 1, 1, same);
       o.groups.k = 2;
     }},
    {"depthwise", op_kind::depthwise_conv2d, [](op& o) { set_convolution(o, 1, 3, 2, 1, 1); }},
    {"depthwise_multiplier", op_kind::depthwise_conv2d, [](op& o) { set_convolution(o, 3, 3, 3, 2, 2, same); }},
    {"depthwise_dilation", op_kind::depthwise_conv2d,
     [](op& o) {
       set_convolution(o, 1, 2, 2, 1, 1);
       set_pair(o.dilation, 2, 3);
       o.activation = act::relu;
     }},
};

const Layer transposed_layers[] = {
    {"transpose_same_3_2", op_kind::conv2d_transpose, [](op& o) { set_convolution(o, 3, 3, 3, 2, 2, same); }},
    {"transpose_same_2_3", op_kind::conv2d_transpose, [](op& o) { set_convolution(o, 3, 2, 2, 3, 3, same); }},
    {"transpose_same_4_2", op_kind::conv2d_transpose, [](op& o) { set_convolution(o, 3, 4, 4, 2, 2, same); }},
    {"transpose_same_3_1", op_kind::conv2d_transpose, [](op& o) { set_convolution(o, 3, 3, 3, 1, 1, same); }},
    {"transpose_same_2_3_3_2", op_kind::conv2d_transpose, [](op& o) { set_convolution(o, 3, 2, 3, 3, 2, same); }},
    {"transpose_valid_3_2", op_kind::conv2d_transpose, [](op& o) { set_convolution(o, 3, 3, 3, 2, 2); }},
    {"transpose_valid_2_3", op_kind::conv2d_transpose, [](op& o) { set_convolution(o, 3, 2, 2, 3, 3); }},
    {"transpose_valid_4_2", op_kind::conv2d_transpose, [](op& o) { set_convolution(o, 3, 4, 4, 2, 2); }},
    {"transpose_valid_3_1", op_kind::conv2d_transpose, [](op& o) { set_convolution(o, 3, 3, 3, 1, 1); }},
    {"transpose_valid_2_3_3_2", op_kind::conv2d_transpose, [](op& o) { set_convolution(o, 3, 2, 3, 3, 2); }},
};

const Layer sequence_layers[] = {
    {"conv1d", op_kind::conv1d, [](op& o) { set_sequence(o, 3, 3); }},
    {"conv1d_same", op_kind::conv1d, [](op& o) { set_sequence(o, 2, 4, 2, same); }},
    {"conv1d_causal", op_kind::conv1d,
     [](op& o) {
       set_sequence(o, 3, 3, 1, causal);
       o.dilation[0].k = 2;
     }},
    {"conv1d_causal_strides", op_kind::conv1d, [](op& o) { set_sequence(o, 2, 3, 3, causal); }},
    {"conv1d_groups", op_kind::conv1d,
     [](op& o) {
       set_sequence(o, 6, 2);
       o.groups.k = 2;
       o.use_bias = false;
     }},
};

const Layer norm_layers[] = {
    {"batch_norm", op_kind::batch_norm, as_it_is},
    {"batch_norm_options", op_kind::batch_norm,
     [](op& o) {
       o.momentum.k = 0.7;
       o.epsilon.k = 0.05;
     }},
    {"batch_norm_no_scale", op_kind::batch_norm, [](op& o) { o.scale = false; }},
    {"batch_norm_no_center", op_kind::batch_norm, [](op& o) { o.center = false; }},
    {"batch_norm_plain", op_kind::batch_norm, [](op& o) { o.center = o.scale = false; }},
};

const Layer frozen_layers[] = {
    {"frozen_batch_norm", op_kind::batch_norm, [](op& o) { o.frozen = true; }},
    {"frozen_dense", op_kind::dense,
     [](op& o) {
       o.size[0].k = 3;
       o.activation = act::tanh;
       o.l2.k = 0.1;
       o.frozen = true;
     }},
};

const Layer row_layers[] = {
    {"layer_norm", op_kind::layer_norm, as_it_is},
    {"layer_norm_options", op_kind::layer_norm,
     [](op& o) {
       o.epsilon.k = 0.05;
       o.center = false;
     }},
    {"layer_norm_no_scale", op_kind::layer_norm, [](op& o) { o.scale = false; }},
    {"activity_dense", op_kind::dense,
     [](op& o) {
       o.size[0].k = 2;
       o.activation = act::tanh;
       o.activity_l1.k = 0.03125;
       o.activity_l2.k = 0.0625;
     }},
    {"activity_conv2d", op_kind::conv2d,
     [](op& o) {
       set_convolution(o, 3, 2, 2, 1, 1);
       o.activity_l2.k = 0.125;
     }},
    {"embedding", op_kind::embedding,
     [](op& o) {
       o.size[0].k = 5;
       o.size[1].k = 3;
       o.l2.k = 0.0078125;
     }},
};

/// Over 8 times the input.
constexpr act wide_activations[] = {act::selu,         act::softplus,  act::softsign, act::mish,
                                    act::hard_sigmoid, act::hard_silu, act::relu6,    act::exponential};

DefinitionBuilder definition_of(const Layer& layer, const Tensors& tensors) {
  DefinitionBuilder b("golden");
  op& input = b.at(b.input({}, "input"));
  const std::vector<int>& dims = tensors.at("input").dims;
  for (std::size_t k = 1; k < dims.size(); ++k) input.size[input.rank++].k = dims[k];
  layer.set(b.at(b.other(layer.kind, "layer")));
  b.loss(loss_kind::mse);
  b.optimizer(opt_kind::sgd, 0);
  return b;
}

InterpreterInputs inputs_of(const Graph& g, const Tensors& tensors) {
  InterpreterInputs in = sample_inputs(g, tensors.at("input").dims[0], 1);
  in.inputs[0] = tensors.at("input").values;
  in.targets[0] = tensors.at("target").values;
  for (std::size_t s = 0; s < g.states.size(); ++s) in.states[s] = tensors.at(g.states[s].name.substr(sizeof "layer." - 1)).values;
  return in;
}

void compare(const Values& got, const Tensor& expected) {
  REQUIRE(got.size() == expected.values.size());
  CHECK(relative_distance(got, expected.values) < 1e-9);
}

void compare_gradients(const DefinitionBuilder& b, const Tensors& tensors) {
  const Graph g = build(b.view(), nullptr, Entry::gradient, DType::f64);
  const std::vector<Values> results = interpret(g, inputs_of(g, tensors)).results;
  std::size_t compared = 0;
  for (std::size_t r = 1; r < results.size(); ++r) {
    std::string name = g.results[r].name;
    if (name.rfind("layer.", 0) == 0) name.erase(0, sizeof "layer." - 1);
    INFO("gradient of " << name);
    compare(results[r], tensors.at(name + "/grad"));
    ++compared;
  }
  compare(results[0], tensors.at("loss"));
  std::size_t stored = 0;
  for (const auto& [name, tensor] : tensors) stored += name.ends_with("/grad") ? 1 : 0;
  CHECK(compared == stored);
}

/// A step with a rate of zero moves nothing but what Keras moves.
void compare_step(const DefinitionBuilder& b, const Tensors& tensors) {
  const Graph g = build(b.view(), nullptr, Entry::train, DType::f64);
  InterpreterInputs in = inputs_of(g, tensors);
  in.scalars[static_cast<std::size_t>(find_scalar(g, ScalarKind::rate))] = 0;
  const std::vector<Values> states = interpret(g, in).states;
  for (std::size_t s = 0; s < g.states.size(); ++s) {
    const std::string name = g.states[s].name.substr(sizeof "layer." - 1);
    INFO("the step's " << name);
    const auto next = tensors.find(name + "/next");
    compare(states[s], next == tensors.end() ? tensors.at(name) : next->second);
  }
}

const Tensors& golden(const std::string& name) {
  static const std::map<std::string, Tensors> all = golden_layers();
  REQUIRE(all.count(name) == 1);
  return all.at(name);
}

void compare_definition(const DefinitionBuilder& b, const Tensors& tensors) {
  const Graph predict = build(b.view(), nullptr, Entry::predict, DType::f64);
  compare(interpret(predict, inputs_of(predict, tensors)).results[0], tensors.at("output"));
  compare_gradients(b, tensors);
  compare_step(b, tensors);
}

void compare_layers(std::span<const Layer> layers) {
  for (const Layer& layer : layers) {
    INFO(layer.name);
    compare_definition(definition_of(layer, golden(layer.name)), golden(layer.name));
  }
}

}  // namespace

TEST_CASE("layers on images are Keras's", "[layers][golden]") { compare_layers(image_layers); }
TEST_CASE("transposed convolutions are Keras's", "[layers][golden]") { compare_layers(transposed_layers); }
TEST_CASE("layers on sequences are Keras's", "[layers][golden]") { compare_layers(sequence_layers); }
TEST_CASE("layers on rows, and penalties of outputs, are Keras's", "[layers][golden]") { compare_layers(row_layers); }
TEST_CASE("activations are Keras's", "[layers][golden]") {
  for (const act a : wide_activations) {
    INFO(act_name(a));
    const Tensors& tensors = golden(std::string(act_name(a)));
    DefinitionBuilder b = definition_of({nullptr, op_kind::activation, as_it_is}, tensors);
    b.at(1).activation = a;
    b.recipe.rescale_on = true;
    b.recipe.rescale.k = 8;
    compare_definition(b, tensors);
  }
}
TEST_CASE("frozen layers are Keras's", "[layers][golden]") { compare_layers(frozen_layers); }
TEST_CASE("normalizations are Keras's", "[layers][golden]") { compare_layers(norm_layers); }
