// Verdicts of the proof on spaces of all sizes, and what it costs; the shapes of the reference models.
#include "reference_models.hpp"
#include "same.hpp"

#include <catch2/catch.hpp>

using namespace reference;

namespace {

template <const auto& M>
constexpr auto initial_shapes() {
  double values[max_hps]{};
  initial_values(M.view(), values);
  shapes<M.n_ops> s;
  infer(M.view(), values, s.at);
  return s;
}

// the reference models
static_assert(verdict_of<fashion>.ok && verdict_of<cats>.ok && verdict_of<resnet>.ok);
static_assert(verdict_of<resnet>.by_intervals && resnet.n_ops == 61 && resnet.n_hps == 18);
static_assert(initial_shapes<fashion>().at[2] == shape{1, {32}} && initial_shapes<fashion>().at[3] == shape{1, {10}});
static_assert(initial_shapes<cats>().at[4] == shape{3, {75, 75, 128}} && initial_shapes<cats>().at[7] == shape{1, {37 * 37 * 128}});
static_assert(initial_shapes<resnet>().at[resnet.n_ops - 1] == shape{1, {10}});

// windows, as Keras: `same` rounds up, `valid` drops what does not fill a window
constexpr auto windows = model(
    input(7, 8, 1) | conv2d(2, 3, strides(2)) | conv2d(2, window(2, 3), same, strides(2, 1)) | max_pool(2, same) | flatten | dense(1), mse);
static_assert(initial_shapes<windows>().at[1] == shape{3, {3, 3, 2}});
static_assert(initial_shapes<windows>().at[2] == shape{3, {2, 3, 2}});
static_assert(initial_shapes<windows>().at[3] == shape{3, {1, 2, 2}});

// searched kernels, strides and pools: both ends count
constexpr auto searched = model(input(12, 12, 1) | conv2d(4, "k"_hp = choice(3, 5, 7)) | max_pool("p"_hp = range(1, 3)) |
                                    conv2d(4, 3, same, strides("s"_hp = range(1, 2))) | max_pool(2) | flatten | dense(1),
                                mse);
static_assert(!verdict_of<searched>.ok, "k = 7, p = 3, s = 2 leaves one cell");
constexpr auto searched_less = model(input(16, 16, 1) | conv2d(4, "k"_hp = choice(3, 5, 7)) | max_pool("p"_hp = range(1, 2)) |
                                         conv2d(4, 3, same, strides("s"_hp = range(1, 2))) | max_pool(2) | flatten | dense(1),
                                     mse);
static_assert(verdict_of<searched_less>.ok && verdict_of<searched_less>.by_intervals);

// what intervals cannot show is enumerated: either branch is 8 wide at every point, but by different expressions
constexpr auto enumerated =
    model(input(8) | residual(concat(dense("a"_hp = range(1, 7)), dense(8 - 4)) | dense("b"_hp = choice(8, 8))) | dense(1), mse);
static_assert(verdict_of<enumerated>.ok);
constexpr auto halves =
    model(input(4) | dense(("w"_hp = choice(4, 8)), relu) | residual(concat(dense("w"_hp / 2), dense("w"_hp / 2))) | dense(1), mse);
static_assert(verdict_of<halves>.ok && !verdict_of<halves>.by_intervals && verdict_of<halves>.slices == 1);

// 7e10 points, 4e6 points, 256 points of 90 ops: no enumeration
constexpr auto big_mlp = model(input(28, 28) | flatten | repeat<"layers", 1, 6>([](auto i) {
                                 return dense("units"_hp[i] = range(32, 512, 32), "act"_hp[i] = choice(relu, tanh_act, gelu)) |
                                        dropout("rate"_hp[i] = range(0.0, 0.5));
                               }) | dense(10),
                               sparse_categorical_crossentropy(from_logits), adam("lr"_hp = log_range(1e-4, 1e-2)));
static_assert(verdict_of<big_mlp>.ok && verdict_of<big_mlp>.by_intervals);
constexpr auto big_cnn =
    model(input(64, 64, 3) | repeat<"stages", 1, 4>([](auto i) {
            return conv2d("filters"_hp[i] = range(16, 128, 16), 3, same, relu) | when("bn"_hp[i] = flag, batch_norm) | max_pool(2);
          }) | flatten |
              dense("units"_hp = range(32, 512, 32), relu) | dense(10),
          sparse_categorical_crossentropy(from_logits));
static_assert(verdict_of<big_cnn>.ok && verdict_of<big_cnn>.by_intervals);

// a condition that stands on two parts of the network is one condition
constexpr auto tied_condition = model(input(8) | residual(when("wide"_hp = flag, dense(16)), when("wide"_hp, dense(16))) | dense(1), mse);
static_assert(verdict_of<tied_condition>.ok && verdict_of<tied_condition>.by_intervals);

// 2^20 combinations of activations before the loss: each of them fits
constexpr auto many_flags = model(input(8) | dense(10) | repeat<20>([](auto i) { return when("f"_hp[i] = flag, activation(relu)); }),
                                  sparse_categorical_crossentropy(from_logits));
static_assert(verdict_of<many_flags>.ok && verdict_of<many_flags>.evaluated == 0);

// losses behind a mean, a reshape, a join
constexpr auto averaged = model(input(8, 8, 3) | conv2d(10, 1, softmax) | global_avg_pool, sparse_categorical_crossentropy);
constexpr auto reshaped = model(input(16) | dense(784, sigmoid) | reshape(28, 28), binary_crossentropy);
constexpr auto joined = model(input(4) | concat(dense(1, sigmoid), dense(2, sigmoid)), binary_crossentropy);
static_assert(verdict_of<averaged>.ok && verdict_of<reshaped>.ok && verdict_of<joined>.ok);
constexpr auto softmax_reshaped = model(input(16) | dense(16, softmax) | reshape(4, 4), sparse_categorical_crossentropy);
static_assert(!verdict_of<softmax_reshaped>.ok);

}  // namespace

TEST_CASE("a proof at run time gives the same verdict as at compile time") {
  const proof p = prove<resnet.n_ops>(resnet.view());
  CHECK(!p.bad);
  CHECK(p.evaluated == verdict_of<resnet>.evaluated);
  const proof q = prove<searched.n_ops>(searched.view());
  REQUIRE(q.witness);
  shape s[searched.n_ops];
  CHECK(infer(searched.view(), q.values, s).code == error::window_too_large);
}
