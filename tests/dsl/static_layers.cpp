// The vocabulary of layers and of the recipe: every option lands in its field, defaults are Keras's.
#include <catch2/catch.hpp>
#include <ingot/dsl.hpp>

using namespace ingot;
using namespace ingot::literals;

namespace {

template <class B>
constexpr op first(const B& b) {
  return b.ops[0];
}

// dense
static_assert(first(dense(3)).size[0].k == 3 && first(dense(3)).use_bias && first(dense(3)).init == init_kind::glorot_uniform);
static_assert(first(dense(3)).activation == act::linear && first(dense(3, relu)).activation == act::relu);
static_assert(!first(dense(3, no_bias)).use_bias && !first(dense(3, use_bias{false})).use_bias);
static_assert(first(dense(3, he_normal, gelu)).init == init_kind::he_normal && first(dense(3, he_normal, gelu)).activation == act::gelu);
static_assert(first(dense(3, l1(0.1))).l1.k == 0.1 && first(dense(3, l1(0.1))).l2.k == 0);
static_assert(first(dense(3, l2(0.1))).l2.k == 0.1 && first(dense(3, l1_l2(0.1, 0.2))).l2.k == 0.2);
static_assert(first(dense(3, bias_regularizer(l1_l2(0.1, 0.2)))).bias_l1.k == 0.1 &&
              first(dense(3, bias_regularizer(l2(0.3)))).bias_l2.k == 0.3);
static_assert(first(dense(3, l2("a"_hp = range(0.0, 1.0)))).l2.hp == 0);

// activations, all of them
static_assert(first(activation(act::tanh)).activation == act::tanh && first(activation(tanh_act)).activation == act::tanh);
static_assert(first(activation(silu)).activation == act::silu && first(activation(sigmoid)).activation == act::sigmoid);
static_assert(first(activation(softmax)).activation == act::softmax && first(activation(log_softmax)).activation == act::log_softmax);
static_assert(first(dense(3, leaky_relu)).activation == act::leaky_relu && first(dense(3, leaky_relu)).act_alpha.k == 0.2);
static_assert(first(dense(3, leaky_relu(0.01))).act_alpha.k == 0.01 && first(dense(3, elu)).act_alpha.k == 1);
static_assert(first(dense(3, elu(0.5))).activation == act::elu && first(dense(3, elu(0.5))).act_alpha.k == 0.5);
static_assert(first(activation(leaky_relu("s"_hp = range(0.0, 0.3)))).act_alpha.hp == 0);
static_assert(first(activation("a"_hp = choice(relu, leaky_relu, act::tanh))).act_hp == 0);

static_assert(first(activation(softplus)).activation == act::softplus && first(activation(softsign)).activation == act::softsign);
static_assert(first(activation(mish)).activation == act::mish && first(activation(selu)).activation == act::selu);
static_assert(first(activation(hard_sigmoid)).activation == act::hard_sigmoid && first(dense(3, hard_silu)).activation == act::hard_silu);
static_assert(first(activation(relu6)).activation == act::relu6 && first(activation(exponential)).activation == act::exponential);
constexpr auto ruled =
    model(input(4) | dense(8, elementwise([](auto x) { return x * tanh(x * "beta"_hp) + tanh(x * "beta"_hp); }), l2(1e-3)) |
              elementwise([](auto x) { return ("beta"_hp = range(1.0, 2.0)) * x; }).as("scaled"),
          loss_fn([](auto p, auto t) { return abs(p - t); }));
static_assert(!ruled.found && ruled.n_hps == 1 && !ruled.hps[0].structural);
static_assert(ruled.ops[1].activation == act::own && well_formed(ruled.ops[1].rule, 1) && ruled.ops[1].rule.number[0].hp == 0);
static_assert(ruled.ops[1].rule.n_steps == 6, "equal steps count once");
static_assert(ruled.ops[2].kind == op_kind::activation && ruled.ops[2].name == name_t("scaled") && ruled.ops[2].rule.n_steps == 3);
static_assert(ruled.recipe.loss[0].kind == loss_kind::own && well_formed(ruled.recipe.loss[0].rule, 2));
static_assert(!well_formed(ruled.recipe.loss[0].rule, 1) && !well_formed(expression_t{}, 2));
static_assert(act_name(act::softplus) == "softplus" && act_name(last_act) == "exponential");

// initializers: values are Keras's defaults unless given
static_assert(first(dense(3)).bias_init == init_kind::zeros && first(dense(3, bias_init(ones))).bias_init == init_kind::ones);
static_assert(first(dense(3, random_normal)).init == init_kind::random_normal && first(dense(3, random_normal)).init_value.k == 0.05);
static_assert(first(dense(3, truncated_normal(0.02))).init == init_kind::truncated_normal &&
              first(dense(3, truncated_normal(0.02))).init_value.k == 0.02);
static_assert(first(conv2d(3, 3, random_uniform)).init_value.k == 0.05 && first(dense(3, orthogonal)).init_value.k == 1);
static_assert(first(dense(3, orthogonal(2))).init == init_kind::orthogonal && first(dense(3, orthogonal(2))).init_value.k == 2);
static_assert(first(dense(3, bias_init(constant(0.5)))).bias_init == init_kind::constant &&
              first(dense(3, bias_init(constant(0.5)))).bias_init_value.k == 0.5 &&
              first(dense(3, bias_init(constant(0.5)))).init == init_kind::glorot_uniform);
static_assert(first(dense(3, constant("c"_hp = range(0.0, 1.0)))).init_value.hp == 0);

// activity regularizer
static_assert(first(dense(3, activity_regularizer(l1_l2(0.1, 0.2)))).activity_l1.k == 0.1 &&
              first(conv2d(3, 3, activity_regularizer(l2(0.2)))).activity_l2.k == 0.2 && first(dense(3, l2(0.2))).activity_l2.k == 0);

// frozen: all layers of a block, and only those
constexpr auto partly = input(4) | (dense(3).as("a") | dense(2)).frozen() | dense(1);
static_assert(!partly.ops[0].frozen && partly.ops[1].frozen && partly.ops[2].frozen && !partly.ops[3].frozen);
static_assert(partly.ops[1].name.view() == "a" && first(batch_norm.frozen()).frozen && !first(batch_norm).frozen);

// normalization
static_assert(first(batch_norm).kind == op_kind::batch_norm && first(batch_norm).momentum.k == 0.99 && first(batch_norm).epsilon.k == 1e-3);
constexpr op normed = first(batch_norm(momentum(0.9), epsilon(1e-5), no_scale, no_center));
static_assert(normed.kind == op_kind::batch_norm && normed.momentum.k == 0.9 && normed.epsilon.k == 1e-5 && !normed.scale &&
              !normed.center);
static_assert(first(batch_norm(no_scale)).center && first(batch_norm(no_center)).scale);
static_assert(first(layer_norm).kind == op_kind::layer_norm && first(layer_norm).epsilon.k == 1e-3 && first(layer_norm).scale);
static_assert(first(layer_norm(epsilon("e"_hp = log_range(1e-6, 1e-3)), no_center)).epsilon.hp == 0);

// noise
static_assert(first(spatial_dropout(0.2)).kind == op_kind::spatial_dropout && first(spatial_dropout(0.2)).rate.k == 0.2);
static_assert(first(gaussian_noise(0.3)).kind == op_kind::gaussian_noise && first(gaussian_noise(0.3)).rate.k == 0.3);

// windows
constexpr op conv = first(conv2d(8, window(3, 5), same, strides(1, 2), relu));
static_assert(conv.kernel[0].k == 3 && conv.kernel[1].k == 5 && conv.stride[0].k == 1 && conv.stride[1].k == 2 &&
              conv.pad == pad_kind::same);
static_assert(first(conv2d(8, 3)).stride[0].k == 1 && first(conv2d(8, 3)).pad == pad_kind::valid);
static_assert(first(max_pool(2)).stride[1].k == 2 && first(avg_pool(3, strides(1))).stride[0].k == 1);
constexpr op searched = first(max_pool("k"_hp = range(2, 3)));
static_assert(searched.kernel[0].hp == 0 && searched.kernel[1].hp == 0 && searched.stride[0].hp == 0 && searched.stride[1].hp == 0);
static_assert(first(reshape(2, "c"_hp = range(1, 2), 3)).rank == 3 && first(reshape(2, 3)).size[1].k == 3);

// convolutions of other kinds, and what changes height and width
constexpr op grouped = first(conv2d(8, 3, dilation(2, 3), groups(4)));
static_assert(grouped.dilation[0].k == 2 && grouped.dilation[1].k == 3 && grouped.groups.k == 4);
static_assert(first(conv2d(8, 3)).dilation[0].k == 1 && first(conv2d(8, 3)).dilation[1].k == 1 && first(conv2d(8, 3)).groups.k == 1);
static_assert(first(conv2d(8, 3, dilation("d"_hp = range(1, 2)))).dilation[1].hp == 0 &&
              first(conv2d(8, 3, groups("g"_hp = choice(1, 2)))).groups.hp == 0);
constexpr op depthwise = first(depthwise_conv2d(window(3, 5), multiplier(2), strides(2), same, relu, no_bias));
static_assert(depthwise.kind == op_kind::depthwise_conv2d && depthwise.size[0].k == 2 && depthwise.kernel[1].k == 5 &&
              depthwise.stride[1].k == 2 && depthwise.activation == act::relu && !depthwise.use_bias);
static_assert(first(depthwise_conv2d(3)).size[0].k == 1 && first(depthwise_conv2d(3, dilation(2))).dilation[0].k == 2);
constexpr op transposed = first(conv2d_transpose(8, 3, strides(2), same));
static_assert(transposed.kind == op_kind::conv2d_transpose && transposed.size[0].k == 8 && transposed.stride[0].k == 2 &&
              transposed.pad == pad_kind::same);
constexpr op along = first(conv1d(8, 3, causal, dilation(2), groups(2)));
static_assert(along.kind == op_kind::conv1d && along.kernel[0].k == 3 && along.kernel[1].k == 1 && along.dilation[0].k == 2 &&
              along.dilation[1].k == 1 && along.stride[0].k == 1 && along.pad == pad_kind::causal && along.groups.k == 2);
static_assert(first(conv1d(8, 3, strides(2), same)).stride[0].k == 2 && first(conv1d(8, 3, strides(2), same)).stride[1].k == 1);
constexpr op table = first(embedding("words"_hp = range(10, 20), 8, he_normal, l2(0.1)));
static_assert(table.kind == op_kind::embedding && table.size[0].hp == 0 && table.size[1].k == 8 && table.init == init_kind::he_normal &&
              table.l2.k == 0.1);
static_assert(first(embedding(10, 8)).init == init_kind::random_uniform && first(embedding(10, 8)).init_value.k == 0.05);
constexpr bool pads(const op& o, int top, int bottom, int left, int right) {
  return o.kind == op_kind::zero_pad && o.pad_size[0].k == top && o.pad_size[1].k == bottom && o.pad_size[2].k == left &&
         o.pad_size[3].k == right;
}
static_assert(pads(first(zero_pad(2)), 2, 2, 2, 2) && pads(first(zero_pad(1, 2)), 1, 1, 2, 2) &&
              pads(first(zero_pad(1, 2, 3, 4)), 1, 2, 3, 4));
static_assert(first(zero_pad(1, "p"_hp = range(0, 2))).pad_size[3].hp == 0 &&
              first(zero_pad(1, "p"_hp = range(0, 2))).pad_size[1].hp == -1);
static_assert(first(upsample(2)).factor[1].k == 2 && first(upsample(2, 3)).factor[0].k == 2 && first(upsample(2, 3)).factor[1].k == 3);
static_assert(first(global_max_pool).kind == op_kind::global_max_pool);
constexpr int here = __LINE__ + 1;
static_assert(first(zero_pad(1)).line == here && first(upsample(1, 2)).line == here && first(batch_norm(no_scale)).line == here);
static_assert(first(conv1d(1, 2)).line == here + 1 && first(embedding(1, 2)).line == here + 1);
static_assert(first(depthwise_conv2d(3)).line == here + 2 && first(conv2d_transpose(1, 2)).line == here + 2);

// optimizers
template <class O>
constexpr recipe_t recipe_of(const O& optimizer) {
  return optimizer.recipe;
}
constexpr recipe_t plain_sgd = recipe_of(sgd()), full_sgd = recipe_of(sgd(0.1, 0.9, nesterov, weight_decay(1e-4)));
static_assert(plain_sgd.optimizer == opt_kind::sgd && plain_sgd.learning_rate.k == 0.01 && plain_sgd.momentum.k == 0 &&
              !plain_sgd.nesterov);
static_assert(full_sgd.learning_rate.k == 0.1 && full_sgd.momentum.k == 0.9 && full_sgd.nesterov && full_sgd.weight_decay.k == 1e-4);
static_assert(recipe_of(sgd(0.1, momentum(0.5))).momentum.k == 0.5);
constexpr recipe_t rms = recipe_of(rmsprop());
static_assert(rms.learning_rate.k == 0.001 && rms.rho.k == 0.9 && rms.epsilon.k == 1e-7 && rms.momentum.k == 0);
static_assert(recipe_of(rmsprop(0.01, rho(0.8), momentum(0.5), epsilon(1e-6))).rho.k == 0.8);
constexpr recipe_t plain_adam = recipe_of(adam());
static_assert(plain_adam.learning_rate.k == 0.001 && plain_adam.beta1.k == 0.9 && plain_adam.beta2.k == 0.999 &&
              plain_adam.epsilon.k == 1e-7);
static_assert(plain_adam.epsilon_form == epsilon_kind::keras && plain_adam.weight_decay.k == 0);
static_assert(recipe_of(adam(1e-3, pytorch_epsilon)).epsilon.k == 1e-8 &&
              recipe_of(adam(1e-3, pytorch_epsilon)).epsilon_form == epsilon_kind::pytorch);
static_assert(recipe_of(adam(1e-3, 0.8, 0.9)).beta2.k == 0.9 && recipe_of(adam(1e-3, betas(0.7, 0.8))).beta1.k == 0.7);
static_assert(recipe_of(adamw()).optimizer == opt_kind::adamw && recipe_of(adamw()).weight_decay.k == 0.004);
static_assert(recipe_of(adamw(1e-3, weight_decay(0.1))).weight_decay.k == 0.1);

// the recipe: everything at once, every number searched
constexpr auto full =
    model(input(28, 28) | flatten | dense(10, l2("l2"_hp = log_range(1e-6, 1e-2))), sparse_categorical_crossentropy(from_logits),
          adam("lr"_hp = log_range(1e-4, 1e-2), betas("b1"_hp = range(0.8, 0.9), 0.999)), batch("batch"_hp = choice(32, 64, 128)),
          epochs("epochs"_hp = range(1, 10)), validation("val"_hp = choice(0.1, 0.2)), rescale(1 / 255., -0.5), standardize,
          early_stopping{.monitor = val_accuracy,
                         .patience = "patience"_hp = range(1, 5),
                         .min_delta = "delta"_hp = range(0.0, 0.01),
                         .mode = maximize,
                         .baseline = 0.5,
                         .restore_best_weights = true,
                         .start_from_epoch = 2},
          random_search{.objective = val_accuracy, .trials = 20, .executions = 2});
INGOT_SOUND(full);
constexpr int hp(std::string_view name) { return find_hp(full.view(), name); }
static_assert(full.recipe.learning_rate.hp == hp("lr") && full.recipe.beta1.hp == hp("b1") && full.recipe.beta2.k == 0.999);
static_assert(full.recipe.batch.hp == hp("batch") && full.recipe.epochs.hp == hp("epochs") && full.recipe.validation.hp == hp("val"));
static_assert(full.recipe.rescale_on && full.recipe.rescale.k == 1 / 255. && full.recipe.offset.k == -0.5 && full.recipe.standardize);
static_assert(full.recipe.stopping.on && full.recipe.stopping.monitor == metric::val_accuracy &&
              full.recipe.stopping.patience.hp == hp("patience"));
static_assert(full.recipe.stopping.min_delta.hp == hp("delta") && full.recipe.stopping.mode == direction::maximize);
static_assert(full.recipe.stopping.has_baseline && full.recipe.stopping.baseline.k == 0.5 && full.recipe.stopping.restore_best_weights);
static_assert(full.recipe.stopping.start_from_epoch == 2 && full.recipe.search_on && full.recipe.max_trials == 20);
static_assert(full.recipe.executions_per_trial == 2 && full.recipe.objective == metric::val_accuracy);

// without a word: batch 32, one epoch, no validation
constexpr auto bare = model(input(4) | dense(1), mse);
static_assert(bare.recipe.batch.k == 32 && bare.recipe.epochs.k == 1 && bare.recipe.validation.k == 0 && !bare.recipe.rescale_on);
static_assert(!bare.recipe.stopping.on && !bare.recipe.search_on && bare.recipe.output[0] == 1);
constexpr auto stops = model(input(4) | dense(1), mae, early_stopping{val_loss, 3});
static_assert(stops.recipe.stopping.patience.k == 3 && !stops.recipe.stopping.has_baseline && !stops.recipe.stopping.restore_best_weights);

// what makes another program: sizes, windows, activations, conditions; nothing of the recipe
constexpr auto kinds =
    model(input(8, 8, 1) | conv2d("filters"_hp = range(1, 4), "kernel"_hp = choice(1, 3), same, strides("stride"_hp = range(1, 2))) |
              flatten | dense("units"_hp = range(1, 4), "act"_hp = choice(relu, gelu), l2("l2"_hp = range(0.0, 1.0))) |
              when("on"_hp = flag, dropout("rate"_hp = range(0.0, 0.5))) | dense(1, leaky_relu("slope"_hp = range(0.0, 0.5))),
          huber("delta"_hp = range(0.5, 2.0)), sgd("lr"_hp = range(0.1, 0.2)), batch("batch"_hp = choice(8, 16)));
constexpr bool structural(std::string_view name) { return kinds.hps[find_hp(kinds.view(), name)].structural; }
static_assert(structural("filters") && structural("kernel") && structural("stride") && structural("units") && structural("act") &&
              structural("on"));
static_assert(structural("slope"));
static_assert(!structural("l2") && !structural("rate") && !structural("delta") && !structural("lr") && !structural("batch"));
INGOT_SOUND(kinds);
// the layers of images and sequences, every size searched
constexpr auto images =
    model(input(16, 16, 4) |
              conv2d("filters"_hp = range(4, 8, 4), 3, same, dilation("dilation"_hp = range(1, 2)), groups("groups"_hp = choice(1, 4)),
                     bias_init(constant("bias"_hp = range(0.0, 1.0))), activity_regularizer(l2("activity"_hp = range(0.0, 1.0)))) |
              batch_norm(momentum("momentum"_hp = range(0.9, 0.99)), epsilon("epsilon"_hp = log_range(1e-5, 1e-3))) |
              depthwise_conv2d(3, multiplier("multiplier"_hp = range(1, 2))) | zero_pad("pad"_hp = range(0, 2)) |
              upsample("factor"_hp = range(1, 2)) | conv2d_transpose(2, 3, strides("stride"_hp = range(1, 2))) |
              gaussian_noise("noise"_hp = range(0.0, 0.5)) | spatial_dropout("rate"_hp = range(0.0, 0.5)) | global_max_pool | dense(1),
          mse);
constexpr bool image_structural(std::string_view name) { return images.hps[find_hp(images.view(), name)].structural; }
static_assert(image_structural("filters") && image_structural("dilation") && image_structural("groups") && image_structural("multiplier") &&
              image_structural("pad") && image_structural("factor") && image_structural("stride") && image_structural("bias"));
static_assert(!image_structural("activity") && !image_structural("momentum") && !image_structural("epsilon") &&
              !image_structural("noise") && !image_structural("rate"));
INGOT_SOUND(images);
static_assert(images.ops[10].name.view() == "dense_1" && images.ops[4].name.view() == "zero_pad_1");
constexpr auto text = model(input(20) | embedding(1000, "w"_hp = range(8, 16)) | conv1d("w"_hp, 3, causal) |
                                residual(conv1d("w"_hp, 3, same, groups("w"_hp)) | layer_norm) | flatten | dense(1, hard_sigmoid),
                            binary_crossentropy);
INGOT_SOUND(text);
static_assert(verdict_of<text>.by_intervals, "groups that are the channels themselves need no enumeration");

}  // namespace

TEST_CASE("ranges of the vocabulary have the documented points") {
  const auto& units = kinds.hps[find_hp(kinds.view(), "units")];
  CHECK(points(units) == 4);
  CHECK(initial_value(units) == 1);
  CHECK(highest(units) == 4);
  CHECK(initial_value(kinds.hps[find_hp(kinds.view(), "kernel")]) == 1);
}
