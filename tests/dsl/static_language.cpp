// The syntax of the language: what each form makes of the flat definition. All of it is decided at compile time.
#include "same.hpp"

#include <catch2/catch.hpp>
#include <ingot/dsl.hpp>

using namespace ingot;
using namespace ingot::literals;

namespace {

// one graph, four ways to write it
constexpr auto f = dense(8, relu);
constexpr auto by_residual = model(input(8) | residual(f) | dense(2), mse);
constexpr auto by_algebra = model(input(8) | (f + id) | dense(2), mse);
constexpr auto by_dag = model(input(8) | dag([](auto x) { return (x | dense(8, relu)) + x; }) | dense(2), mse);
constexpr auto by_sequential = model(sequential(input(8), residual(f), dense(2)), mse);
static_assert(same_graph(by_residual, by_algebra));
static_assert(same_graph(by_residual, by_dag));
static_assert(same_graph(by_residual, by_sequential));
static_assert(!same_graph(by_residual, model(input(8) | (id + f) | dense(2), mse)), "the main path is in[0]");

// names: given, counted by kind, indexed
constexpr auto names =
    model(input(8) | dense(4).as("dense_2") | dense(4) | dense(4) | repeat<2>([](auto i) { return dense(4).as("block", i); }), mse);
static_assert(names.ops[0].name.view() == "input");
static_assert(names.ops[2].name.view() == "dense_3", "dense_2 is taken");
static_assert(names.ops[3].name.view() == "dense_4");
static_assert(names.ops[4].name.view() == "block_0" && names.ops[5].name.view() == "block_1");
INGOT_SOUND(names);

// hyper-parameters: order of definition and reference does not matter; affine expressions; indices
constexpr auto hps = model(input(8) | dense("w"_hp * 2) | dense("w"_hp = range(2, 8, 2)) | dense(("w"_hp * 3) / 2 + 1) |
                               dense(2 * "w"_hp - 1) | repeat<2>([](auto i) { return dense("u"_hp[i] = choice(3, 5)); }),
                           mse);
static_assert(hps.n_hps == 3);
static_assert(hps.hps[0].name.view() == "w" && hps.hps[1].name.view() == "u_0" && hps.hps[2].name.view() == "u_1");
static_assert(hps.ops[1].size[0].hp == 0 && hps.ops[1].size[0].mul == 2);
static_assert(hps.ops[3].size[0].mul == 3 && hps.ops[3].size[0].div == 2 && hps.ops[3].size[0].k == 1);
static_assert(hps.ops[4].size[0].mul == 2 && hps.ops[4].size[0].k == -1);
INGOT_SOUND(hps);
constexpr auto shapes_at(double w) {
  double values[3]{w, 3, 5};
  shapes<hps.n_ops> s;
  infer(hps.view(), values, s.at);
  return s;
}
static_assert(shapes_at(4).at[1].d[0] == 8 && shapes_at(4).at[3].d[0] == 7 && shapes_at(4).at[4].d[0] == 7);

// conditions
constexpr auto conditional = model(input(8) | repeat<"n", 1, 3>([](auto i) {
                                     return dense("u"_hp[i] = range(4, 8)) | when("d"_hp[i] = flag, dropout("r"_hp[i] = range(0.1, 0.5)));
                                   }) | either<"head">(dense(4, relu), dense("h"_hp = range(1, 4)) | dense(4), id),
                                   mse);
constexpr const hp_t& row(std::string_view name) { return conditional.hps[find_hp(conditional.view(), name)]; }
static_assert(conditional.n_ops == 1 + 3 * 2 + 3 + 2);
static_assert(row("u_0").guard == -1, "the first round is always on");
static_assert(conditional.guards[row("u_2").guard].ge == 3);
static_assert(conditional.guards[row("r_2").guard].eq == 1, "exists where the flag is on");
static_assert(conditional.guards[conditional.guards[row("r_2").guard].parent].ge == 3, "... in a round that is on");
static_assert(conditional.guards[row("h").guard].eq == 1);
static_assert(row("head").kind == hp_kind::choice_int && row("head").n == 3);

// a hyper-parameter exists wherever one of its uses does
constexpr auto tied = model(input(8) | when("a"_hp = flag, dense("w"_hp = range(1, 8))) | dense("w"_hp) | dense(2), mse);
static_assert(tied.hps[find_hp(tied.view(), "w")].guard == -1);
constexpr auto weaker = model(input(8) | repeat<"n", 0, 3>([](auto i) {
                                if constexpr (i.value == 2) {
                                  return dense("w"_hp = range(1, 8));
                                } else {
                                  return dense("w"_hp);
                                }
                              }) | dense(2),
                              mse);
static_assert(weaker.guards[weaker.hps[find_hp(weaker.view(), "w")].guard].ge == 1);

// from(name) in a conditional part passes what flows in when it is off
constexpr auto conditional_tap = model(input(4) | dense(6).as("a") | dense(6).as("b") | when("f"_hp = flag, from("a")) | dense(2), mse);
static_assert(conditional_tap.ops[3].kind == op_kind::select && conditional_tap.ops[3].in[0] == 2 && conditional_tap.ops[3].in[1] == 1);

// several inputs move to the front, in the order of reading
constexpr auto two_inputs = model(concat(input(4).as("left") | dense(3), input(5).as("right") | dense(3)) | dense(2), mse);
static_assert(two_inputs.ops[0].name.view() == "left" && two_inputs.ops[1].name.view() == "right");
static_assert(two_inputs.ops[4].kind == op_kind::concat && two_inputs.ops[4].in[0] == 2 && two_inputs.ops[4].in[1] == 3);
INGOT_SOUND(two_inputs);

// a dag with several inputs and outputs
constexpr auto many = model(dag(inputs(input(8, 8).as("image"), input(4).as("meta")),
                                [](auto image, auto meta) {
                                  auto x = concat(image | flatten | dense(16, relu), meta | dense(8), meta);
                                  x | dense(10).as("class");
                                  return x | dense(1).as("age");
                                }),
                            output("class", sparse_categorical_crossentropy(from_logits)), output("age", huber(1.5), 0.5), adam());
static_assert(many.recipe.n_outputs == 2);
static_assert(many.ops[many.recipe.output[0]].name.view() == "class" && many.ops[many.recipe.output[1]].name.view() == "age");
static_assert(many.recipe.loss[1].kind == loss_kind::huber && many.recipe.loss[1].delta.k == 1.5 && many.recipe.loss[1].weight.k == 0.5);
INGOT_SOUND(many);

// lines of calls, for messages
constexpr int here = __LINE__ + 1;
constexpr auto lines = model(input(8) | dense(4) | reshape(2, 2) | dropout(0.5) | activation(relu), mse);
static_assert(lines.ops[0].line == here && lines.ops[1].line == here && lines.ops[2].line == here && lines.ops[3].line == here &&
              lines.ops[4].line == here);

}  // namespace

TEST_CASE("the language makes the same definition at run time as at compile time") {
  const auto made = (input(8) | residual(dense(8, relu)) | dense(2));
  CHECK(made.ops[2].kind == op_kind::add);
  CHECK(made.ops[2].in[1] == 0);
}
