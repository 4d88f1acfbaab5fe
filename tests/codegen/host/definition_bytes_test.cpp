// A definition as bytes: the way back gives the same definition, and no damage does more than an error.
#include "host/definition_bytes.hpp"

#include "cache/content_hash.hpp"
#include "host/toy.hpp"
#include "ir/error.hpp"

#include <catch2/catch.hpp>

#include <cstring>
#include <random>

using namespace ingot;
using namespace ingot::codegen;

namespace {

/// The hash at the end made to fit again: damage that only the structural rules can find.
std::string with_new_hash(std::string bytes) {
  const std::size_t content = bytes.size() - sizeof(ContentHash);
  const ContentHash hash = content_hash(std::string_view(bytes).substr(0, content));
  std::memcpy(bytes.data() + content, hash.data(), sizeof hash);
  return bytes;
}

/// False when the bytes are refused; anything but UserError fails the test.
bool survives(const std::string& bytes) {
  try {
    const Definition d = definition_from_bytes(bytes);
    static_cast<void>(shapes_at(d.view(), initial_point(d.view())));  // what the compiler does first with a definition
    static_cast<void>(space_hash(d.view()));
    return true;
  } catch (const UserError& error) {
    REQUIRE(std::string(error.what()).find('\n') == std::string::npos);
    return false;
  }
}

std::string broken_rule(void (*change)(Definition&)) {
  Definition d = test::toy_definition();
  change(d);
  return check_definition(d.view());
}

}  // namespace

TEST_CASE("bytes give the same definition back") {
  const Definition d = test::toy_definition();
  const std::string bytes = definition_to_bytes(d.view());
  const Definition again = definition_from_bytes(bytes);
  CHECK(again.name == "toy");
  CHECK(again.ops.size() == 5);
  CHECK(again.ops[2].name.view() == "hidden");
  CHECK(again.hps[4].v[1] == 1e-3);
  CHECK(definition_to_bytes(again.view()) == bytes);
  CHECK(space_hash(again.view()) == space_hash(d.view()));
}

TEST_CASE("every cut and every flipped bit is found") {
  const std::string bytes = definition_to_bytes(test::toy_definition().view());
  for (std::size_t length = 0; length < bytes.size(); ++length)
    REQUIRE_THROWS_AS(definition_from_bytes(bytes.substr(0, length)), UserError);
  CHECK_THROWS_AS(definition_from_bytes(bytes + "x"), UserError);
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    std::string damaged = bytes;
    damaged[at] = static_cast<char>(damaged[at] ^ (1 << at % 8));
    REQUIRE_THROWS_AS(definition_from_bytes(damaged), UserError);
  }
}

TEST_CASE("damage under a right hash never does more than an error") {
  const std::string bytes = definition_to_bytes(test::toy_definition().view());
  std::mt19937 random(7);
  int refused = 0;
  for (int round = 0; round < 20000; ++round) {
    std::string damaged = bytes;
    for (int k = 1 + round % 3; k > 0; --k)
      damaged[random() % (damaged.size() - sizeof(ContentHash))] = static_cast<char>(random() % 3 == 0 ? 255 : random());
    refused += survives(with_new_hash(damaged)) ? 0 : 1;
  }
  CHECK(refused > 5000);
  CHECK(refused < 20000);
}

namespace {

/// Whether select(x > 0.0, x, -x), changed, is refused as a rule.
bool refused(void (*change)(expression_t&)) {
  using enum expression_op;
  constexpr expression_step steps[] = {
      {argument, 0, 0, 0}, {constant, 0, 0, 0}, {greater, 0, 1, 0}, {neg, 0, 0, 0}, {expression_op::select, 2, 0, 3}};
  expression_t e;
  e.n_steps = std::size(steps);
  e.n_constants = 1;
  e.result = e.n_steps - 1;
  for (std::size_t i = 0; i < std::size(steps); ++i) e.step[i] = packed(steps[i]);
  change(e);
  Definition d = definition_from_bytes(definition_to_bytes(test::toy_definition().view()));
  d.ops[2].activation = act::own;
  d.ops[2].act_hp = -1;
  d.ops[2].rule = e;
  return !check_definition(d.view()).empty();
}

}  // namespace

TEST_CASE("what a rule may look like") {
  using enum expression_op;
  CHECK_FALSE(refused([](expression_t&) {}));
  CHECK(refused([](expression_t& e) { e.step[0] = packed({argument, 1, 0, 0}); }));
  CHECK(refused([](expression_t& e) { e.step[1] = packed({constant, 1, 0, 0}); }));
  CHECK(refused([](expression_t& e) { e.step[1] = packed({number, 0, 0, 0}); }));
  CHECK(refused([](expression_t& e) { e.step[3] = packed({neg, 3, 0, 0}); }));
  CHECK(refused([](expression_t& e) { e.step[3] = packed({neg, 2, 0, 0}); }));
  CHECK(refused([](expression_t& e) { e.step[3] = packed({exp, 255, 0, 0}); }));
  CHECK(refused([](expression_t& e) { e.step[4] = packed({expression_op::select, 0, 0, 3}); }));
  CHECK(refused([](expression_t& e) { e.step[4] = packed({expression_op::select, 2, 2, 3}); }));
  CHECK(refused([](expression_t& e) { e.step[2] = 0xff; }));
  CHECK(refused([](expression_t& e) { e.result = 2; }));
  CHECK(refused([](expression_t& e) { e.result = 5; }));
  CHECK(refused([](expression_t& e) { e.n_steps = 33; }));
  CHECK(refused([](expression_t& e) { e.n_constants = 9; }));
  CHECK(refused([](expression_t& e) { e.n_numbers = 5; }));
}

TEST_CASE("structural rules") {
  CHECK(broken_rule([](Definition&) {}).empty());
  CHECK_FALSE(broken_rule([](Definition& d) { d.ops[2].in[0] = 2; }).empty());
  CHECK_FALSE(broken_rule([](Definition& d) { d.ops[2].size[0].hp = 5; }).empty());
  CHECK_FALSE(broken_rule([](Definition& d) { d.ops[2].size[0].div = 0; }).empty());
  CHECK_FALSE(broken_rule([](Definition& d) { d.ops[2].dilation[1].hp = 5; }).empty());
  CHECK_FALSE(broken_rule([](Definition& d) { d.ops[2].groups.div = 0; }).empty());
  CHECK_FALSE(broken_rule([](Definition& d) { d.ops[2].pad_size[3].hp = -2; }).empty());
  CHECK_FALSE(broken_rule([](Definition& d) { d.ops[2].factor[1].k = 1 << 28; }).empty());
  CHECK_FALSE(broken_rule([](Definition& d) { d.ops[2].activity_l2.hp = 5; }).empty());
  CHECK_FALSE(broken_rule([](Definition& d) { d.ops[2].bias_init_value.hp = 5; }).empty());
  CHECK_FALSE(broken_rule([](Definition& d) { d.ops[2].kind = static_cast<op_kind>(n_op_kinds); }).empty());
  CHECK_FALSE(broken_rule([](Definition& d) { d.ops[2].bias_init = static_cast<init_kind>(99); }).empty());
  CHECK_FALSE(broken_rule([](Definition& d) { d.ops[2].pad = pad_kind::causal; }).empty());
  CHECK_FALSE(broken_rule([](Definition& d) { d.ops[2].act_hp = 0; }).empty());
  CHECK_FALSE(broken_rule([](Definition& d) { d.ops[2].activation = act::own; }).empty());
  CHECK_FALSE(broken_rule([](Definition& d) { d.ops[2].rule.n_steps = 1; }).empty());
  CHECK_FALSE(broken_rule([](Definition& d) { d.recipe.loss[0].kind = loss_kind::own; }).empty());
  CHECK_FALSE(broken_rule([](Definition& d) { d.recipe.loss[0].rule.number[3].hp = 9; }).empty());
  CHECK_FALSE(broken_rule([](Definition& d) { d.ops[3].guard = 1; }).empty());
  CHECK_FALSE(broken_rule([](Definition& d) { d.guards[0].parent = 0; }).empty());
  CHECK_FALSE(broken_rule([](Definition& d) { d.hps[1].v[0] = static_cast<double>(last_act) + 1; }).empty());
  CHECK_FALSE(broken_rule([](Definition& d) { d.hps[0].step = 0; }).empty());
  CHECK_FALSE(broken_rule([](Definition& d) { d.recipe.output[0] = 9; }).empty());
  CHECK_FALSE(broken_rule([](Definition& d) { d.recipe.learning_rate.hp = -2; }).empty());
  CHECK_FALSE(broken_rule([](Definition& d) { d.recipe.loss[0].gamma.hp = 9; }).empty());
  CHECK_FALSE(broken_rule([](Definition& d) { d.recipe.class_weight[31].hp = 9; }).empty());
  CHECK_FALSE(broken_rule([](Definition& d) { d.recipe.n_class_weights = max_class_weights + 1; }).empty());
  CHECK_FALSE(broken_rule([](Definition& d) { d.recipe.metrics = 1U << 12; }).empty());
  CHECK_FALSE(broken_rule([](Definition& d) { d.recipe.top_k = 0; }).empty());
  constexpr auto unknown = static_cast<metric>(static_cast<int>(metric::val_r2) + 1);
  CHECK_FALSE(broken_rule([](Definition& d) { d.recipe.plateau.monitor = unknown; }).empty());
  CHECK_FALSE(broken_rule([](Definition& d) { d.recipe.stop_rules[0].monitor = unknown; }).empty());
  CHECK(broken_rule([](Definition& d) { d.recipe.stop_rules[0].monitor = metric::val_r2; }).empty());
}

TEST_CASE("the hash of the space sees the space and nothing else") {
  const std::uint64_t before = space_hash(test::toy_definition().view());
  Definition d = test::toy_definition();
  d.recipe.epochs.k = 99;
  d.ops[2].line = 12;
  CHECK(space_hash(d.view()) == before);
  d.hps[0].hi = 20;
  CHECK(space_hash(d.view()) != before);
}
