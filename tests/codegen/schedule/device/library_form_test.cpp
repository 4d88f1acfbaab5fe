// What a GEMM library does in the place of kernels: which epilogues and types it takes, which products of a step it gets and why, the masks
// between forward and backward products, and the launch of what is left.
#include "schedule/device/library_form.hpp"

#include "codegen/llvm/low_graphs.hpp"
#include "codegen/support/definition_builder.hpp"
#include "codegen/support/slow_device.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <functional>
#include <set>

using namespace ingot;
using namespace ingot::codegen;
using namespace ingot::test;
using Catch::Matchers::Contains;
using Bits = LibraryEpilogue::Bits;

namespace {

/// The first product of a graph that is the library's; nothing: there is none.
std::optional<LibraryGemm> library_product(Graph g, unsigned batch = 10) {
  const DevicePlan plan = plan_device_graphs({{Entry::predict, std::move(g)}}, batch, slow_device());
  for (const DeviceLaunch& l : plan.entries[0].launches)
    if (!l.products.empty()) return l.products[0];
  return std::nullopt;
}

/// Layers of `width`, too wide for a chain.
DefinitionBuilder network(int layers, int width, act activation = act::relu) {
  DefinitionBuilder b("wide");
  b.input({width}, "x");
  for (int i = 0; i < layers; ++i) b.dense(width, activation, "hidden" + std::to_string(i + 1));
  b.dense(10, act::linear, "logits");
  b.loss(loss_kind::sparse_categorical_crossentropy, true);
  b.optimizer(opt_kind::adam);
  return b;
}

DevicePlan plan_of(const DefinitionBuilder& b, unsigned batch, const DeviceTarget& device,
                   const std::vector<Entry>& entries = {Entry::train, Entry::predict, Entry::gradient}) {
  return plan_device_program(b.view(), nullptr, batch, entries, device);
}

/// Per product of the library, in order, its epilogue.
std::vector<std::uint32_t> epilogues(const DeviceEntryPlan& e) {
  std::vector<std::uint32_t> all;
  for (const DeviceLaunch& l : e.launches)
    for (const LibraryGemm& g : l.products) all.push_back(g.epilogue.bits);
  return all;
}
std::size_t count(const DeviceEntryPlan& e, std::uint32_t epilogue) {
  const std::vector<std::uint32_t> all = epilogues(e);
  return static_cast<std::size_t>(std::count(all.begin(), all.end(), epilogue));
}

std::size_t kernels_of_products(const std::vector<LaunchPart>& parts) {
  return static_cast<std::size_t>(
      std::count_if(parts.begin(), parts.end(), [](const LaunchPart& p) { return p.kernel.kind == KernelKind::contraction; }));
}

/// Every part of a launch is done once, by a call or by the rest.
void check_complete(const DeviceLaunch& l) {
  CHECK((l.rest.empty() || !l.products.empty()));
  if (l.products.empty()) return;
  std::multiset<std::string> left;
  for (const DeviceLaunch& rest : l.rest)
    for (const LaunchPart& p : rest.parts) left.insert(p.name + p.info.ops);
  std::size_t sums = 0;
  for (const LibraryGemm& g : l.products) sums += g.epilogue.has(Bits::column_sums) ? 1 : 0;
  CHECK(left.size() + l.products.size() + sums == l.parts.size());
  for (const DeviceLaunch& rest : l.rest) {
    int first = 0;
    for (const LaunchPart& p : rest.parts) {
      CHECK(p.first_block == first);
      first += p.blocks;
      for (const int o : p.operands) CHECK(static_cast<std::size_t>(o) < rest.operands.size());
    }
    CHECK(rest.blocks == first);
    CHECK(rest.operands.front().space == DeviceSpace::call);
    for (const DeviceOperand& o : rest.operands) CHECK(std::find(l.operands.begin(), l.operands.end(), o) != l.operands.end());
  }
}

}  // namespace

TEST_CASE("epilogues and who makes them: kernels of ours all, the library some", "[library]") {
  struct Row {
    const char* name;
    std::function<ValueId(OpGraph&, ValueId, ValueId)> behind;  ///< the product, and one number
    std::optional<std::uint32_t> bits;
  };
  const auto zero = [](OpGraph& g) { return g->constant(0, DType::f32); };
  const auto relu = [=](OpGraph& g, ValueId v) { return g->binary(Op::maximum, v, zero(g)); };
  const Row rows[] = {
      {"none", [](OpGraph&, ValueId v, ValueId) { return v; }, Bits::none},
      {"bias", [](OpGraph& g, ValueId v, ValueId) { return g->add(v, g->state(0)); }, Bits::bias},
      {"bias first", [](OpGraph& g, ValueId v, ValueId) { return g->add(g->state(0), v); }, Bits::bias},
      {"relu", [=](OpGraph& g, ValueId v, ValueId) { return relu(g, v); }, Bits::relu},
      {"bias and relu", [=](OpGraph& g, ValueId v, ValueId) { return relu(g, g->add(v, g->state(0))); }, Bits::bias | Bits::relu},
      {"relu and bias", [=](OpGraph& g, ValueId v, ValueId) { return g->add(relu(g, v), g->state(0)); }, std::nullopt},
      {"scale", [](OpGraph& g, ValueId v, ValueId scale) { return g->mul(v, scale); }, Bits::scale},
      {"scale and bias", [](OpGraph& g, ValueId v, ValueId scale) { return g->add(g->mul(v, scale), g->state(0)); },
       Bits::scale | Bits::bias},
      {"bias and scale", [](OpGraph& g, ValueId v, ValueId scale) { return g->mul(g->add(v, g->state(0)), scale); }, std::nullopt},
      {"a constant factor", [](OpGraph& g, ValueId v, ValueId) { return g->mul(v, 0.5); }, std::nullopt},
      {"a matrix", [](OpGraph& g, ValueId v, ValueId) { return g->add(v, g.y); }, std::nullopt},
      {"a limit", [](OpGraph& g, ValueId v, ValueId) { return g->binary(Op::maximum, v, g->constant(0.5, DType::f32)); }, std::nullopt},
      {"gelu", [](OpGraph& g, ValueId v, ValueId) { return g->mul(v, g->add(g->unary(Op::erf, v), 1.0)); }, std::nullopt},
      {"sigmoid", [](OpGraph& g, ValueId v, ValueId) { return g->unary(Op::sigmoid, v); }, std::nullopt},
      {"a mask of an input", [=](OpGraph& g, ValueId v, ValueId) { return g->select(g->greater(g.y, 0), v, zero(g)); }, std::nullopt},
      {"its own mask", [=](OpGraph& g, ValueId v, ValueId) { return g->select(g->greater(v, 0), v, zero(g)); }, std::nullopt},
  };
  for (const Row& row : rows) {
    OpGraph g(DType::f32, 24, 24);
    const ValueId scale = g->unary(Op::row_sum, g->state(0));
    g.output(row.behind(g, g->matmul(g.x, g->state(1)), scale), row.name);
    g.output(g->mul(g.y, scale), "another");
    const auto gemm = library_product(g.take());
    INFO(row.name);
    REQUIRE(gemm.has_value() == row.bits.has_value());
    if (!gemm) continue;
    CHECK(gemm->epilogue.bits == *row.bits);
    CHECK((gemm->m == 10 && gemm->n == 24 && gemm->k == 24 && gemm->lda == 24 && gemm->ldb == 24 && gemm->ldd == 24));
    CHECK((gemm->b.space == DeviceSpace::state && gemm->d.space == DeviceSpace::output && gemm->d.written));
    if (gemm->epilogue.has(Bits::bias)) CHECK(gemm->epilogue.bias_at.space == DeviceSpace::state);
  }
}

TEST_CASE("products of 16 bits are a library's where its table of types has them", "[library][low]") {
  const auto types = [](auto&& result, DType low) {
    OpGraph g(DType::f32, 136, 136);  // too wide for a chain
    const auto x = g->cast(g.x, low), w = g->cast(g->state(1), low);
    g.output(g->cast(result(g, g->matmul(x, w)), DType::f32), "result");
    Graph graph = g.take();
    graph.low = low;
    const auto gemm = library_product(std::move(graph));
    return gemm ? std::optional(std::tuple(gemm->operand_dtype, gemm->result_dtype, gemm->epilogue.bias_dtype)) : std::nullopt;
  };
  for (const DType low : {DType::f16, DType::bf16}) {
    const auto multiplied = [low](OpGraph& g, ValueId v) { return g->matmul(v, g->cast(g->state(1), low)); };
    const auto as_it_is = [](OpGraph&, ValueId product) { return product; };
    const auto rounded = [&](OpGraph& g, ValueId product) { return multiplied(g, g->cast(product, low)); };
    const auto rounded_relu = [&](OpGraph& g, ValueId product) {
      return multiplied(g, g->cast(g->binary(Op::maximum, product, g->constant(0, DType::f32)), low));
    };
    const auto bias = [](OpGraph& g, ValueId product) { return g->add(product, g->state(0)); };
    const auto rounded_bias = [&](OpGraph& g, ValueId product) { return multiplied(g, g->cast(g->add(product, g->state(0)), low)); };
    const auto rounded_sum = [&](OpGraph& g, ValueId product) {
      return multiplied(g, g->cast(g->add(product, g->unary(Op::column_sum, g->state(1))), low));
    };
    CHECK(types(as_it_is, low) == std::tuple(low, DType::f32, DType::f32));
    CHECK(types(rounded, low) == std::tuple(low, low, DType::f32));
    CHECK(types(rounded_relu, low) == std::tuple(low, low, DType::f32));
    CHECK(types(bias, low) == std::tuple(low, DType::f32, DType::f32));
    CHECK(types(rounded_bias, low) == std::tuple(low, low, low));               // the mirror of the bias
    CHECK(types(rounded_sum, low) == std::tuple(low, DType::f32, DType::f32));  // no state, so no mirror: only the second product
  }
}

TEST_CASE("biases have a mirror where a library would add them to rounded products", "[library][low]") {
  const auto mirrors = [](const DefinitionBuilder& b) {
    const DevicePlan plan = plan_of(mixed(b, precision_kind::f16), 32, portable_device_target());
    std::vector<std::string> names;
    for (const Mirror& m : plan.mirrors) names.push_back(plan.graph().states[static_cast<std::size_t>(m.state)].name);
    return names;
  };
  const std::vector<std::string> wide = {"hidden1.kernel", "hidden1.bias", "hidden2.kernel"};  // the last hidden layer's result is float32
  CHECK(mirrors(network(2, 136)) == wide);
  CHECK(mirrors(network(2, 64)) == std::vector<std::string>{"hidden1.kernel", "hidden2.kernel"});              // of a chain
  CHECK(mirrors(network(2, 136, act::tanh)) == std::vector<std::string>{"hidden1.kernel", "hidden2.kernel"});  // no epilogue of a library
}

TEST_CASE("transposed products keep their operands as they lie", "[library]") {
  OpGraph g(DType::f32, 24, 8);
  g.output(g->matmul(g.x, g->matmul(g.y, g->state(1)), true, false), "x' (y w)");
  const DevicePlan plan = plan_device_graphs({{Entry::predict, g.take()}}, 10, portable_device_target());
  REQUIRE(plan.entries[0].launches.back().products.size() == 1);
  const LibraryGemm& gemm = plan.entries[0].launches.back().products[0];
  CHECK((gemm.transpose_a && !gemm.transpose_b && gemm.m == 24 && gemm.n == 8 && gemm.k == 10 && gemm.lda == 24 && gemm.ldb == 8));
  CHECK(gemm.epilogue.bits == Bits::none);
}

TEST_CASE("the derivative of a relu reads the mask that its product keeps", "[library]") {
  const DevicePlan plan = plan_of(network(2, 136), 32, slow_device());
  const DeviceEntryPlan& train = plan.entries[0];
  INFO(train.text);
  // Forward: two hidden layers, and the logits. Backward: what is passed on. The weights' gradients have the optimizer behind them.
  CHECK(epilogues(train) == std::vector<std::uint32_t>{Bits::bias | Bits::relu | Bits::keep_mask, Bits::bias | Bits::relu | Bits::keep_mask,
                                                       Bits::bias, Bits::mask, Bits::mask});
  std::vector<DeviceOperand> masks;
  for (std::size_t l = 0; l < train.launches.size(); ++l) {
    check_complete(train.launches[l]);
    for (const LibraryGemm& g : train.launches[l].products) {
      if (!g.epilogue.has(Bits::mask)) continue;
      const auto keeper = static_cast<std::size_t>(g.epilogue.mask_launch);
      REQUIRE(keeper < l);
      const LibraryEpilogue& kept = train.launches[keeper].products.at(0).epilogue;
      CHECK((kept.mask_at == g.epilogue.mask_at && kept.mask_stride == g.epilogue.mask_stride && g.epilogue.mask_stride == 256));
      CHECK(g.epilogue.mask_at.offset + 32 * 256 / 8 <= train.arena_bytes);
      for (const DeviceOperand& o : train.launches[l].operands) CHECK_FALSE(o == g.epilogue.mask_at);  // behind all else in the arena
      masks.push_back(g.epilogue.mask_at);
    }
  }
  REQUIRE(masks.size() == 2);
  CHECK_FALSE(masks[0] == masks[1]);
  CHECK(epilogues(plan.entries[1]) == std::vector<std::uint32_t>{Bits::bias | Bits::relu, Bits::bias | Bits::relu, Bits::bias});
}

TEST_CASE("nothing derives from a mask that nobody keeps", "[library]") {
  DefinitionBuilder dropped("dropped");
  dropped.input({136}, "x");
  dropped.dense(136, act::relu, "hidden");
  dropped.dropout(0.5);
  dropped.dense(10, act::linear, "logits");
  dropped.loss(loss_kind::sparse_categorical_crossentropy, true);
  dropped.optimizer(opt_kind::adam);
  const DevicePlan plan = plan_of(dropped, 32, slow_device());
  CHECK(epilogues(plan.entries[0]) == std::vector<std::uint32_t>{Bits::bias});  // the logits'
  CHECK(count(plan_of(network(2, 136, act::tanh), 32, slow_device()).entries[0], Bits::mask) == 0);
}

TEST_CASE("masks keep within step_memory", "[library]") {
  DefinitionBuilder b = network(2, 136);
  const std::uint64_t bare = plan_of(b, 32, portable_device_target(), {Entry::train}).entries[0].arena_bytes;
  const std::uint64_t whole = plan_of(b, 32, slow_device(), {Entry::train}).entries[0].arena_bytes;
  CHECK(whole > bare);
  for (std::uint64_t limit = bare; limit <= whole; limit += 256) {
    b.recipe.step_memory = static_cast<std::int64_t>(limit);
    const DeviceEntryPlan e = plan_of(b, 32, slow_device(), {Entry::train}).entries[0];
    CHECK(e.arena_bytes <= limit);
    CHECK(count(e, Bits::mask) == count(e, Bits::bias | Bits::relu | Bits::keep_mask));
    CHECK(count(e, Bits::mask) == (limit < bare + 1024 ? 0 : limit < whole ? 1 : 2));
  }
}

TEST_CASE("the gradient of a bias comes with that of its weights where nothing is behind them", "[library]") {
  const DeviceEntryPlan gradient = plan_of(network(2, 136), 32, slow_device()).entries[2];
  INFO(gradient.text);
  CHECK(count(gradient, Bits::column_sums) == 3);
  for (const DeviceLaunch& l : gradient.launches) check_complete(l);
}

TEST_CASE("columns that two products could sum are summed once", "[library]") {
  OpGraph g(DType::f32, 24, 24);
  const ValueId d = g->unary(Op::sigmoid, g->matmul(g.x, g->state(1)));
  g.output(g->matmul(g.x, d, true, false), "x' d");
  g.output(g->matmul(g.y, d, true, false), "y' d");
  g.output(g->unary(Op::column_sum, d), "sums");
  const DeviceEntryPlan e = plan_device_graphs({{Entry::predict, g.take()}}, 10, slow_device()).entries[0];
  INFO(e.text);
  CHECK(count(e, Bits::column_sums) == 1);
  CHECK(count(e, Bits::none) == 1);
  for (const DeviceLaunch& l : e.launches) check_complete(l);
}

TEST_CASE("two products that pass the same relu share its mask", "[library]") {
  OpGraph g(DType::f32, 24, 24);
  const ValueId zero = g->constant(0, DType::f32), w = g->state(1);
  const ValueId y = g->binary(Op::maximum, g->matmul(g.x, w), zero), z = g->matmul(y, w);
  for (const bool transposed : {false, true}) g.output(g->select(g->greater(y, 0), g->matmul(z, w, false, transposed), zero), "dx");
  const DeviceEntryPlan e = plan_device_graphs({{Entry::predict, g.take()}}, 10, slow_device()).entries[0];
  INFO(e.text);
  CHECK(count(e, Bits::mask) == 2);
  CHECK(count(e, Bits::relu | Bits::keep_mask) == 1);
  std::set<std::uint64_t> places;
  for (const DeviceLaunch& l : e.launches)
    for (const LibraryGemm& p : l.products)
      if (p.epilogue.has(Bits::mask) || p.epilogue.has(Bits::keep_mask)) places.insert(p.epilogue.mask_at.offset);
  CHECK(places.size() == 1);
}

TEST_CASE("with a scaled loss the gradients of weights are scaled products", "[library][low]") {
  const DeviceEntryPlan train = plan_of(mixed(network(3, 136), precision_kind::f16), 32, slow_device()).entries[0];
  INFO(train.text);
  CHECK(count(train, Bits::scale) == 4);
  CHECK(count(train, Bits::bias | Bits::relu | Bits::keep_mask) == 2);
  CHECK(count(train, Bits::bias | Bits::relu) == 1);
  CHECK(count(train, Bits::mask) == 2);
  std::size_t left = 0;
  for (const DeviceLaunch& l : train.launches) {
    check_complete(l);
    for (const DeviceLaunch& rest : l.rest) left += kernels_of_products(rest.parts);
  }
  CHECK(left == 1);  // from the last layer, in float32, to one in 16 bits: in no table
}

TEST_CASE("a library gets what it does faster by more than its launches cost", "[library]") {
  const auto why = [](int width, unsigned batch, precision_kind kind) {
    const DevicePlan plan = plan_of(mixed(network(2, width), kind), batch, find_device_target("sm_90"), {Entry::train});
    std::string all;
    std::size_t calls = 0;
    for (const DeviceLaunch& l : plan.entries[0].launches) {
      if (!l.library_why.empty()) all += l.library_why + "\n";
      calls += l.products.size();
      CHECK((l.products.empty() || !l.library_why.empty()));
      if (l.parts.size() == 1 && !l.products.empty())
        CHECK(l.library_why == "one product of matrices: at a full batch a library may do it");
    }
    return std::pair(calls, all);
  };
  const auto [small_calls, small] = why(256, 64, precision_kind::f16);
  CHECK(small_calls == 3);  // those of the forward pass, one by one
  CHECK_THAT(small, Contains("one launch: no product is large enough") && !Contains("at a full batch: about"));
  const auto [large_calls, large] = why(4096, 1024, precision_kind::f16);
  INFO(large);
  CHECK(large_calls > 3);
  CHECK_THAT(large, Contains("products by a library at a full batch: about") && Contains("us, as one launch"));
}

TEST_CASE("a library takes as long as the memory lets it", "[library]") {
  LibraryGemm g;
  g.m = g.n = g.k = 8192;
  g.operand_dtype = DType::f16;
  const DeviceTarget& h100 = find_device_target("sm_90");
  const double own = product_microseconds(g, ProductMaker::own, h100), library = product_microseconds(g, ProductMaker::library, h100);
  CHECK(own / library == Approx(library_product_share / own_product_share));
  CHECK(library == Approx(2.0 * 8192 * 8192 * 8192 / (989e6 * library_product_share)));
  g.m = 1;
  CHECK(product_microseconds(g, ProductMaker::own, h100) == product_microseconds(g, ProductMaker::library, h100));
}
