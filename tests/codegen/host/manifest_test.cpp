// The written manifest, compiled, says what the tables in memory say; the written header drives its program.
#include "host/source_text.hpp"
#include "host/toy.hpp"
#include "import/build.hpp"
#include "ir/print.hpp"

#include <catch2/catch.hpp>
#include <toy.hpp>

#include <cmath>
#include <cstring>
#include <limits>

using namespace ingot;
using namespace ingot::codegen;

namespace {

struct Seen {
  std::uint32_t calls = 0, rows = 0;
  std::uint8_t pixel = 0;
  std::int32_t label = -1;
  double rate = 0;
} seen;

// The state block of the stub: tensor i lies at i * 100 floats.
float* place(void* state, std::uint32_t i) { return static_cast<float*>(state) + 100 * i; }

void stub_run(const ingot_call* call) {
  seen.calls += 1;
  seen.rows = call->rows;
  seen.pixel = static_cast<const std::uint8_t*>(call->inputs[0])[12 * (call->rows - 1) + 11];
  if (call->targets != nullptr) seen.label = static_cast<const std::int32_t*>(call->targets[0])[call->rows - 1];
  seen.rate = call->scalars[0];
}

bool same(const ingot_tensor& a, const ingot_tensor& b) {
  return std::string_view(a.name) == b.name && a.dtype == b.dtype && a.rank == b.rank && std::memcmp(a.dims, b.dims, sizeof a.dims) == 0 &&
         a.elements == b.elements;
}

void check_program(const ingot_program& a, const ingot_program& b) {
  REQUIRE((a.n_states == b.n_states && a.n_scalars == b.n_scalars && a.n_entries == b.n_entries));
  CHECK((a.dtype == b.dtype && a.batch == b.batch && a.state_bytes == b.state_bytes));
  CHECK(std::string_view(a.target) == b.target);
  CHECK(std::string_view(a.plan_hash) == b.plan_hash);
  CHECK(std::string_view(a.plan) == b.plan);
  CHECK((a.pack != nullptr && a.unpack != nullptr));
  for (std::uint32_t i = 0; i < a.n_states; ++i) {
    CHECK(same(a.states[i].tensor, b.states[i].tensor));
    CHECK((a.states[i].role == b.states[i].role && a.states[i].init == b.states[i].init &&
           a.states[i].init_value == b.states[i].init_value && a.states[i].parameter == b.states[i].parameter));
  }
  for (std::uint32_t i = 0; i < a.n_entries; ++i) {
    const ingot_entry &x = a.entries[i], &y = b.entries[i];
    REQUIRE((x.kind == y.kind && x.n_metrics == y.n_metrics && x.n_results == y.n_results && x.n_kernels == y.n_kernels));
    CHECK((x.arena_bytes == y.arena_bytes && x.phases == y.phases && x.run != nullptr));
    CHECK((x.unlimited_arena_bytes == 768 && y.unlimited_arena_bytes == 768));
    for (std::uint32_t k = 0; k < x.n_results; ++k) CHECK(same(x.results[k], y.results[k]));
    CHECK(std::string_view(x.kernels[0].ops) == y.kernels[0].ops);
    CHECK(x.kernels[0].flops == y.kernels[0].flops);
    CHECK(std::string_view(x.kernels[0].choice) == y.kernels[0].choice);
  }
}

}  // namespace

extern "C" {
// What the object of the device program holds.
extern const unsigned char toy_cuda_f32_ptx[], toy_cuda_f32_sm_90[];
const unsigned char toy_cuda_f32_ptx[] = "// kernel";
const unsigned char toy_cuda_f32_sm_90[] = {1, 2, 3, 4};
extern const ingot_emulated_image toy_cuda_f32_emulated;
const ingot_emulated_image toy_cuda_f32_emulated = {0, 0, nullptr, nullptr, 0};
#define STUB_PROGRAM(P)                                                                                                \
  void P##_pack(void* state, std::uint32_t i, const void* c) { std::memcpy(place(state, i), c, 4 * toy_elements(i)); } \
  void P##_unpack(const void* state, std::uint32_t i, void* c) {                                                       \
    std::memcpy(c, place(const_cast<void*>(state), i), 4 * toy_elements(i));                                           \
  }                                                                                                                    \
  void P##_gradient(const ingot_call* call, std::uint32_t, std::uint32_t) { stub_run(call); }                          \
  void P##_evaluate(const ingot_call* call, std::uint32_t, std::uint32_t) {                                            \
    stub_run(call);                                                                                                    \
    call->metrics[0] = 0.5;                                                                                            \
    call->metrics[1] = 0.75;                                                                                           \
  }
#define STUB_TRAINING(P)                                                   \
  void P##_train(const ingot_call* call, std::uint32_t, std::uint32_t) {   \
    stub_run(call);                                                        \
    call->metrics[0] = 2;                                                  \
    call->metrics[1] = 0.25;                                               \
  }                                                                        \
  void P##_predict(const ingot_call* call, std::uint32_t, std::uint32_t) { \
    stub_run(call);                                                        \
    static_cast<float*>(call->outputs[0])[1] = 7;                          \
  }
static std::size_t toy_elements(std::uint32_t i) { return ingot_model_toy.points[0].f32->states[i].tensor.elements; }
STUB_PROGRAM(toy_v3_f32)
STUB_PROGRAM(toy_v4_f32)
STUB_PROGRAM(toy_v3_f64)
STUB_PROGRAM(toy_v4_f64)
STUB_TRAINING(toy_v3_f32)
STUB_TRAINING(toy_v4_f32)
}

/// What the definition that a model carries is compiled to.
static std::string graph_text(const ingot_model& m) {
  const Definition d = definition_from_bytes({static_cast<const char*>(m.definition), m.definition_bytes});
  std::vector<double> values;
  for (std::uint32_t i = 0; i < m.n_hps; ++i) values.push_back(m.hps[i].initial);
  return print(build(d.view(), values.data(), Entry::train, DType::f32));
}

TEST_CASE("the compiled manifest equals the tables it was written from") {
  const auto tables = test::toy_model();
  const ingot_model &a = ingot_model_toy, &b = tables->model();
  CHECK(a.abi_version == INGOT_ABI_VERSION);
  CHECK(std::string_view(a.name) == "toy");
  REQUIRE((a.n_inputs == 1 && a.n_targets == 1 && a.n_outputs == 1 && a.n_hps == 5 && a.n_guards == 1 && a.n_points == 3));
  CHECK(same(a.inputs[0], b.inputs[0]));
  CHECK(same(a.targets[0], b.targets[0]));
  CHECK(same(a.outputs[0], b.outputs[0]));
  CHECK(std::string_view(a.losses[0]) == "sparse_categorical_crossentropy");
  CHECK(std::string_view(a.output_activations[0]) == "linear");
  CHECK((a.classes[0] == 2 && a.from_logits[0] == 1));
  for (std::uint32_t i = 0; i < a.n_hps; ++i) {
    const ingot_hp &x = a.hps[i], &y = b.hps[i];
    CHECK(std::string_view(x.name) == y.name);
    CHECK((x.kind == y.kind && x.structural == y.structural && x.guard == y.guard && x.n_choices == y.n_choices && x.low == y.low &&
           x.high == y.high && x.step == y.step && x.initial == y.initial));
    for (std::uint32_t k = 0; k < x.n_choices; ++k) CHECK(x.choices[k] == y.choices[k]);
  }
  CHECK(std::string_view(a.hps[1].labels[1]) == "tanh");
  CHECK(a.hps[0].initial == 8);
  CHECK((a.guards[0].hp == 2 && a.guards[0].at_least == 1 && a.guards[0].equals == -1 && a.guards[0].parent == -1));
  CHECK(std::string_view(a.recipe.optimizer) == "sgd");
  CHECK((a.recipe.learning_rate.hp == 4 && a.recipe.batch.k == 5 && a.recipe.stopping == 1 && a.recipe.stop_patience.k == 3));
  CHECK((a.recipe.stop_monitor == INGOT_F1 + 8 && a.recipe.metrics == 1u << INGOT_F1));
  CHECK((a.recipe.balanced_class_weights == 1 && a.recipe.sample_weights == 0));
  const ingot_entry& evaluate = a.points[0].f32->entries[INGOT_EVALUATE];
  REQUIRE(evaluate.n_results == 1);  // what F1 is measured on
  CHECK(same(evaluate.results[0], a.outputs[0]));
  CHECK(std::memcmp(&a.recipe.schedule, &b.recipe.schedule, sizeof a.recipe.schedule) == 0);
  CHECK(std::memcmp(&a.recipe.plateau, &b.recipe.plateau, sizeof a.recipe.plateau) == 0);
  CHECK((a.recipe.schedule.kind == INGOT_COSINE && a.recipe.schedule.warmup.unit == INGOT_EPOCHS && a.recipe.schedule.three_phase == 1));
  CHECK((a.recipe.schedule.length.n.k == 1 && a.recipe.schedule.pieces[15].rate.k == 46 && a.recipe.plateau.min_rate.k == 5));
  REQUIRE(a.recipe.n_stop_rules == 3);
  CHECK(std::memcmp(a.recipe.stop_rules, b.recipe.stop_rules, 3 * sizeof(ingot_stop_rule)) == 0);
  CHECK((a.recipe.stop_rules[1].kind == INGOT_STOP_PRECHELT_PQ && a.recipe.stop_rules[1].strip == 4 &&
         a.recipe.stop_rules[1].limit.k == 0.5));
  CHECK((a.recipe.accumulation.k == 6 && a.recipe.average == 1 && a.recipe.average_every == 7));
  CHECK(std::string_view(a.proof) == b.proof);
  CHECK(a.space_hash == b.space_hash);
  REQUIRE(a.definition_bytes == b.definition_bytes);
  CHECK(graph_text(a) == graph_text(b));  // not byte by byte: structs have padding
  for (std::uint32_t i = 0; i < 2; ++i) {
    CHECK(std::string_view(a.points[i].target) == b.points[i].target);
    check_program(*a.points[i].f32, *b.points[i].f32);
    check_program(*a.points[i].f64, *b.points[i].f64);
  }
}

TEST_CASE("the compiled manifest has the device program") {
  const auto tables = test::toy_device();
  CHECK(std::string_view(ingot_model_toy.points[2].target) == "cuda");
  CHECK((ingot_model_toy.points[0].device == nullptr && ingot_model_toy.points[2].f32 == nullptr));
  REQUIRE(ingot_model_toy.points[2].device != nullptr);
  const ingot_device_program &a = *ingot_model_toy.points[2].device, &b = tables->program();
  CHECK((a.dtype == INGOT_F32 && a.batch == 5 && a.n_inputs == 1 && a.n_targets == 1 && a.n_outputs == 1));
  CHECK((a.state_bytes == 4096 && a.call_bytes == 24 && a.scalars_offset == 8));
  REQUIRE((a.n_states == 5 && a.n_scalars == 2 && a.n_entries == 1 && a.n_images == 3));
  CHECK(std::memcmp(a.state_offsets, b.state_offsets, 5 * sizeof(std::uint64_t)) == 0);
  CHECK(same(a.states[4].tensor, b.states[4].tensor));
  CHECK(std::string_view(a.plan_hash) == "fedcba9876543210");
  CHECK(std::string_view(a.plan) == "a device\n");
  CHECK((a.images[0].data == toy_cuda_f32_ptx && a.images[0].kind == INGOT_IMAGE_PTX && a.images[0].bytes == 9));
  CHECK((a.images[1].data == toy_cuda_f32_sm_90 && a.images[1].sm == 90));
  CHECK(a.images[2].data == &toy_cuda_f32_emulated);
  const ingot_device_entry& e = a.entries[0];
  REQUIRE((e.kind == INGOT_TRAIN && e.n_launches == 1 && e.n_metrics == 2 && e.arena_bytes == 2048));
  const ingot_device_launch& l = e.launches[0];
  CHECK(std::string_view(l.ops) == "matmul add \"quoted\" + target");
  CHECK((std::string_view(l.kind) == "several" && std::string_view(l.kernel) == "ingot_train_0"));
  CHECK((l.grid[0] == 7 && l.grid[1] == 1 && l.block[0] == 256 && l.block[2] == 1 && l.shared_bytes == 1024));
  CHECK((l.bytes_read == 620 && l.bytes_written == 420 && l.unfused_bytes == 1540 && l.flops == 1e6));
  REQUIRE((l.n_operands == 3 && l.n_constants == 0));
  CHECK((l.operands[1].space == INGOT_SPACE_STATE && l.operands[1].offset == 512 && l.operands[2].space == INGOT_SPACE_INPUT));
  CHECK(std::string_view(l.why) == "said the rule");
  REQUIRE((l.n_gemms == 1 && l.gemms != nullptr && l.rest != nullptr));
  CHECK(std::memcmp(l.gemms, b.entries[0].launches[0].gemms, sizeof *l.gemms) == 0);
  const ingot_device_gemm& g = *l.gemms;
  CHECK((g.transpose_a == 0 && g.transpose_b == 1 && g.m == 5 && g.n == 8 && g.k == 12 && g.lda == 12 && g.ldb == 13 && g.ldd == 8));
  CHECK((g.a_dtype == INGOT_F16 && g.b_dtype == INGOT_F16 && g.d_dtype == INGOT_F16 && g.bias_dtype == INGOT_F16));
  CHECK(g.epilogue == (INGOT_EPILOGUE_SCALE | INGOT_EPILOGUE_BIAS | INGOT_EPILOGUE_RELU | INGOT_EPILOGUE_KEEP_MASK));
  CHECK((g.mask_stride == 128 && g.mask_launch == 7));
  CHECK((g.a.offset == 16 && g.b.offset == 32 && g.d.offset == 48 && g.scale.offset == 64 && g.bias.offset == 80 && g.mask.offset == 96));
  CHECK((g.sums.space == INGOT_SPACE_OUTPUT && g.sums.number == 3 && g.sums.offset == 112));
  const ingot_device_launch& rest = *l.rest;
  CHECK((std::string_view(rest.kernel) == "ingot_train_1" && std::string_view(rest.kind) == "gather" && rest.grid[0] == 3));
  CHECK((rest.n_operands == 2 && rest.operands[1].space == INGOT_SPACE_INPUT && rest.n_gemms == 0 && rest.rest == nullptr));
}

TEST_CASE("layers are those of the initial point") {
  const ingot_model& m = ingot_model_toy;
  REQUIRE(m.n_layers == 4);  // the dropout is off
  CHECK(std::string_view(m.layers[0].output) == "(4x3)");
  CHECK(std::string_view(m.layers[2].name) == "hidden");
  CHECK(std::string_view(m.layers[2].output) == "(8)");
  CHECK(m.layers[2].parameters == 12 * 8 + 8);
  CHECK(std::string_view(m.layers[3].kind) == "dense");
}

TEST_CASE("the header drives the program") {
  namespace toy = ingot_models::toy;
  static_assert(toy::batch_rows == 5);
  static_assert(std::is_same_v<toy::input_row, std::array<std::array<std::uint8_t, 3>, 4>>);
  static_assert(std::is_same_v<toy::target_row, std::int32_t>);
  static_assert(std::is_same_v<decltype(toy::parameters::hidden_tensors::kernel), std::array<std::array<float, 8>, 12>>);
  toy::model model(3);
  std::vector<toy::input_row> rows(5);
  rows[2][3][2] = 77;
  const std::vector<toy::target_row> labels{0, 1, 1, 0, 0};

  model.set_learning_rate(0.125);
  const toy::metrics step = model.train_step({std::span(rows).first(3), std::span(labels).first(3)});
  CHECK((step.loss == 2 && step.accuracy == 0.25));
  CHECK((seen.rows == 3 && seen.pixel == 77 && seen.label == 1 && seen.rate == 0.125));
  CHECK(model.evaluate({rows, labels}).accuracy == 0.75);
  std::vector<toy::logits_row> scores(1);
  model.predict({std::span(rows).first(1)}, {scores});
  CHECK(scores[0][1] == 7);
  CHECK(model.steps() == 1);

  const std::uint32_t calls = seen.calls;
  CHECK_THROWS_AS(model.train_step({rows, std::span(labels).first(3)}), std::invalid_argument);
  CHECK_THROWS_AS(model.train_step({}), std::invalid_argument);
  CHECK_THROWS_AS(model.predict({rows}, {scores}), std::invalid_argument);
  CHECK(seen.calls == calls);

  auto weights = model.read_parameters();
  CHECK(std::abs(weights->hidden.kernel[3][4]) <= 0.548F);
  CHECK(weights->hidden.kernel[0][0] != weights->hidden.kernel[0][1]);
  weights->logits.bias[1] = 0.5F;
  model.write_parameters(*weights);
  CHECK(model.read_parameters()->logits.bias[1] == 0.5F);
}

TEST_CASE("source text reads back") {
  CHECK(quoted("a\"b\\c\x01"
               "2") == "\"a\\\"b\\\\c\\0012\"");
  CHECK(quoted("one\ntwo\n", " ") == "\"one\\n\"\n \"two\\n\"");
  CHECK(quoted(nullptr) == "nullptr");
  CHECK(literal(1e-4) == "1e-04");
  CHECK(literal(512) == "512.0");
  CHECK(std::stod(literal(0.1 + 0.2)) == 0.1 + 0.2);
  CHECK(literal(std::numeric_limits<double>::infinity()) == "__builtin_inf()");
  CHECK(identifier("block/dense-1") == "block_dense_1");
  CHECK(identifier("class") == "class_");
  CHECK(identifier("3d") == "_3d");
}
