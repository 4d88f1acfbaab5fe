// The words of the recipe beyond static_layers.cpp: every option lands in its field, defaults are Keras's.
#include <ingot/dsl.hpp>

using namespace ingot;
using namespace ingot::literals;

namespace {

// optimizers
template <class O>
constexpr recipe_t recipe_of(const O& optimizer) {
  return optimizer.recipe;
}
static_assert(!recipe_of(rmsprop()).centered && recipe_of(rmsprop(0.01, centered, momentum(0.5))).centered);
static_assert(!recipe_of(adam()).amsgrad && recipe_of(adam(amsgrad)).amsgrad && recipe_of(adamw(1e-3, amsgrad)).amsgrad);
constexpr recipe_t plain_nadam = recipe_of(nadam()), full_nadam = recipe_of(nadam(0.01, 0.8, 0.9, epsilon(1e-5), weight_decay(0.1)));
static_assert(plain_nadam.optimizer == opt_kind::nadam && plain_nadam.learning_rate.k == 0.001 && plain_nadam.beta1.k == 0.9 &&
              plain_nadam.beta2.k == 0.999 && plain_nadam.epsilon.k == 1e-7 && plain_nadam.weight_decay.k == 0);
static_assert(full_nadam.learning_rate.k == 0.01 && full_nadam.beta1.k == 0.8 && full_nadam.beta2.k == 0.9 &&
              full_nadam.epsilon.k == 1e-5 && full_nadam.weight_decay.k == 0.1);
constexpr recipe_t plain_adagrad = recipe_of(adagrad());
static_assert(plain_adagrad.optimizer == opt_kind::adagrad && plain_adagrad.learning_rate.k == 0.001 &&
              plain_adagrad.initial_accumulator == 0.1 && plain_adagrad.epsilon.k == 1e-7);
static_assert(recipe_of(adagrad(0.1, initial_accumulator(0))).initial_accumulator == 0);
constexpr recipe_t plain_adadelta = recipe_of(adadelta());
static_assert(plain_adadelta.optimizer == opt_kind::adadelta && plain_adadelta.rho.k == 0.95 && plain_adadelta.beta2.k == 0);
static_assert(recipe_of(adadelta(1.0, 0.8)).rho.k == 0.8 && recipe_of(adadelta(1.0, rho(0.7))).rho.k == 0.7);
static_assert(recipe_of(adamax()).optimizer == opt_kind::adamax && recipe_of(adamax(betas(0.5, 0.6))).beta2.k == 0.6);
static_assert(recipe_of(lion()).beta2.k == 0.99 && recipe_of(lion()).learning_rate.k == 0.001 && recipe_of(lion()).epsilon.k == 0);
static_assert(recipe_of(lamb()).optimizer == opt_kind::lamb && recipe_of(lamb()).epsilon.k == 1e-7);
constexpr auto searched = model(input(4) | dense(1), mse, nadam("lr"_hp = log_range(1e-4, 1e-2), betas("b1"_hp = range(0.8, 0.9), 0.999)));
INGOT_SOUND(searched);
static_assert(searched.recipe.optimizer == opt_kind::nadam && searched.recipe.beta1.hp == find_hp(searched.view(), "b1"));
constexpr auto grown = model(input(4) | dense(1), mse, adagrad(0.1, initial_accumulator(0.5)));
static_assert(grown.recipe.initial_accumulator == 0.5);

// schedules
template <class S>
consteval recipe_t with(const S& part) {
  return model(input(4) | dense(1), mse, sgd(0.1), part).recipe;
}
constexpr schedule_t exponential = with(exponential_decay(updates(1000), 0.96, staircase)).schedule;
static_assert(exponential.kind == schedule_kind::exponential && exponential.length.n.k == 1000 && exponential.factor.k == 0.96 &&
              exponential.staircase && exponential.length.unit == time_unit::updates);
static_assert(with(inverse_time_decay(epochs(2.5), 0.5)).schedule.length.unit == time_unit::epochs);
constexpr schedule_t polynomial = with(polynomial_decay()).schedule;
static_assert(polynomial.end.k == 1e-4 && polynomial.power.k == 1 && !polynomial.cycle && polynomial.length.n.k == 0);
static_assert(with(polynomial_decay(updates(10), 0.01, 2, cycle)).schedule.power.k == 2);
constexpr schedule_t cosine = with(cosine_decay(epochs(10), 0.1, warmup(updates(5), 0.01))).schedule;
static_assert(cosine.alpha.k == 0.1 && cosine.warmup.n.k == 5 && cosine.warmup_start.k == 0.01 && cosine.length.n.k == 10);
constexpr schedule_t restarts = with(cosine_restarts(updates(10))).schedule;
static_assert(restarts.t_mul.k == 2 && restarts.m_mul.k == 1 && restarts.alpha.k == 0);
constexpr schedule_t one = with(one_cycle(three_phase, linear_anneal)).schedule;
static_assert(one.rise.k == 0.3 && one.div.k == 25 && one.final_div.k == 1e4 && one.three_phase && one.linear);
static_assert(one.low_momentum.k == 0.85 && one.high_momentum.k == 0.95 && !one.hold_momentum);
constexpr schedule_t moved = with(one_cycle(epochs(3), momentum_cycle("low"_hp = range(0.5, 0.8), 0.9))).schedule;
static_assert(moved.low_momentum.hp == 0 && moved.high_momentum.k == 0.9);
template <class Optimizer>
consteval bool moves(const Optimizer& optimizer) {
  return cycles_momentum(model(input(4) | dense(1), mse, optimizer, one_cycle()).recipe);
}
static_assert(moves(sgd(0.1, momentum(0.9))) && moves(rmsprop(0.1, 0.9, 0.5)) && moves(adam()) && moves(adamw()) && moves(adamax()) &&
              moves(lion()) && moves(lamb()));
static_assert(!moves(sgd(0.1)) && !moves(rmsprop()) && !moves(nadam()) && !moves(adagrad()) && !moves(adadelta()));
static_assert(!cycles_momentum(with(one_cycle(hold_momentum))) && !cycles_momentum(with(cosine_decay())));
constexpr schedule_t pieces = with(piecewise_rate(after(updates(10), 0.5), after(updates(20), 0.1))).schedule;
static_assert(pieces.n_pieces == 2 && pieces.pieces[1].until.n.k == 20 && pieces.pieces[1].rate.k == 0.1);
static_assert(with(constant_rate(warmup(epochs(1)))).schedule.warmup.unit == time_unit::epochs);
constexpr plateau_t plateau = with(reduce_on_plateau{}).plateau;
static_assert(plateau.on && plateau.monitor == metric::val_loss && plateau.factor.k == 0.1 && plateau.patience.k == 10 &&
              plateau.min_delta.k == 1e-4 && plateau.cooldown.k == 0 && plateau.min_rate.k == 0);
constexpr auto scheduled =
    model(input(4) | dense(1), mse, sgd("lr"_hp = log_range(1e-3, 1e-1)),
          cosine_decay(epochs("length"_hp = range(1, 5)), "alpha"_hp = range(0.0, 0.1), warmup(updates("warm"_hp = range(1, 9)))));
INGOT_SOUND(scheduled);
static_assert(scheduled.recipe.schedule.length.n.hp == find_hp(scheduled.view(), "length") &&
              scheduled.recipe.schedule.alpha.hp == find_hp(scheduled.view(), "alpha") &&
              scheduled.recipe.schedule.warmup.n.hp == find_hp(scheduled.view(), "warm"));
constexpr auto plateaued = model(input(4) | dense(1), mse, sgd(), reduce_on_plateau{.factor = "f"_hp = range(0.1, 0.5), .patience = 3});
INGOT_SOUND(plateaued);
static_assert(plateaued.recipe.plateau.factor.hp == 0 && plateaued.recipe.plateau.patience.k == 3);

// gradients
constexpr recipe_t plain = with(batch(8));
static_assert(plain.clip == clip_kind::none && plain.accumulation.k == 1 && !plain.average && !plain.decay_matrices_only &&
              plain.n_groups == 0);
static_assert(with(clip_value(0.5)).clip == clip_kind::value && with(clip_value(0.5)).clip_limit.k == 0.5);
static_assert(with(clip_norm(1)).clip == clip_kind::norm && with(clip_global_norm(1)).clip == clip_kind::global_norm);
static_assert(with(accumulate(4)).accumulation.k == 4);
static_assert(with(ema(0.9)).average && with(ema(0.9)).average_momentum.k == 0.9 && with(ema(0.9)).average_every == 0);
static_assert(with(ema(0.9, overwrite_every(5))).average_every == 5 && with(no_decay_on_bias_and_norm).decay_matrices_only);
constexpr auto grouped = model(input(4) | dense(3).as("hidden") | dense(1).as("out"), mse, adamw("lr"_hp = log_range(1e-4, 1e-2)),
                               clip_norm("c"_hp = range(0.5, 2.0)), group("hidden.kernel", rate_multiplier("slow"_hp = range(0.1, 1.0))),
                               group("out", weight_decay(0), rate_multiplier(2)));
INGOT_SOUND(grouped);
static_assert(grouped.recipe.n_groups == 2 && grouped.recipe.groups[0].prefix.view() == "hidden.kernel" &&
              !grouped.recipe.groups[0].has_decay && grouped.recipe.groups[0].rate.hp == find_hp(grouped.view(), "slow") &&
              grouped.recipe.clip_limit.hp == find_hp(grouped.view(), "c"));
static_assert(grouped.recipe.groups[1].has_decay && grouped.recipe.groups[1].decay.k == 0 && grouped.recipe.groups[1].rate.k == 2);

// mixed precision
constexpr precision_t exact = with(constant_rate()).craft.precision, half = with(mixed_precision(f16)).craft.precision;
static_assert(exact.compute == precision_kind::f32 && half.compute == precision_kind::f16 && half.loss_scale == 32768 &&
              half.growth.k == 2000 && with(mixed_precision(bf16)).craft.precision.compute == precision_kind::bf16);
constexpr precision_t scaled = with(mixed_precision(f16, growth_after(500), loss_scale(1024))).craft.precision;
static_assert(scaled.loss_scale == 1024 && scaled.growth.k == 500);
constexpr auto growing = model(input(4) | dense(1), mse, sgd(0.1), mixed_precision(f16, growth_after("after"_hp = range(100, 200))));
INGOT_SOUND(growing);
static_assert(growing.recipe.craft.precision.growth.hp == find_hp(growing.view(), "after"));

// stopping
constexpr recipe_t threshold = with(stop_when(train_loss < 0.5));
static_assert(threshold.n_stop_rules == 1 && threshold.stop_rules[0].kind == stop_kind::below &&
              threshold.stop_rules[0].monitor == metric::loss && threshold.stop_rules[0].limit.k == 0.5);
constexpr recipe_t rules = with(stop_when(val_accuracy > 0.9 || (prechelt_pq(0.5, 4) && time_budget(60)) || prechelt_up(3)));
static_assert(rules.n_stop_rules == 7 && rules.stop_rules[0].kind == stop_kind::above &&
              rules.stop_rules[1].kind == stop_kind::prechelt_pq && rules.stop_rules[1].strip == 4 &&
              rules.stop_rules[2].kind == stop_kind::time_budget);
static_assert(rules.stop_rules[3].kind == stop_kind::all && rules.stop_rules[4].kind == stop_kind::any &&
              rules.stop_rules[5].kind == stop_kind::prechelt_up && rules.stop_rules[5].strip == 5 &&
              rules.stop_rules[6].kind == stop_kind::any);
constexpr auto stopping = model(input(4) | dense(1), mse, sgd("lr"_hp = log_range(1e-3, 1e-1)),
                                stop_when(prechelt_gl("alpha"_hp = range(1.0, 5.0)) || train_loss < ("goal"_hp = range(0.1, 0.2))));
INGOT_SOUND(stopping);
static_assert(stopping.recipe.stop_rules[0].limit.hp == find_hp(stopping.view(), "alpha") &&
              stopping.recipe.stop_rules[1].limit.hp == find_hp(stopping.view(), "goal"));

// pruning
constexpr prune_t halved = with(prune(constant_sparsity(0.5))).craft.prune;
static_assert(halved.form == prune_form::unstructured && halved.schedule == prune_schedule::constant && halved.final.k == 0.5 &&
              halved.scope == prune_scope::tensor && halved.begin.n.k == 0 && halved.end.n.k == 0 && halved.frequency.n.k == 100 &&
              halved.frequency.unit == time_unit::updates && halved.n_layers == 0);
constexpr prune_t gradual = with(prune(polynomial_sparsity(0.1, 0.8), decay_power(2), starting(epochs(2)), ending(epochs(8)),
                                       every(updates(50)), blocks(16, 8), by_largest, global_threshold))
                                .craft.prune;
static_assert(gradual.form == prune_form::block && gradual.rows == 16 && gradual.columns == 8 && gradual.pool == prune_pool::max &&
              gradual.scope == prune_scope::global && gradual.schedule == prune_schedule::polynomial && gradual.initial.k == 0.1 &&
              gradual.final.k == 0.8 && gradual.power.k == 2);
static_assert(gradual.begin.n.k == 2 && gradual.begin.unit == time_unit::epochs && gradual.end.n.k == 8 && gradual.frequency.n.k == 50);
static_assert(with(prune(two_of_four)).craft.prune.form == prune_form::n_of_m && with(prune(two_of_four)).craft.prune.rows == 2 &&
              with(prune(two_of_four)).craft.prune.columns == 4 &&
              with(prune(whole_filters, constant_sparsity(0.5))).craft.prune.form == prune_form::filters);
static_assert(with(batch(8)).craft.prune.form == prune_form::none);
constexpr auto pruned = model(input(4) | dense(3, max_norm("norm"_hp = range(0.5, 2.0)), bias_constraint(non_negative)).as("hidden") |
                                  stochastic_depth("rate"_hp = range(0.0, 0.5)) | dense(1, unit_norm).as("out"),
                              mse, sgd(0.1), prune(constant_sparsity("share"_hp = range(0.1, 0.9)), only("hidden", "out")));
INGOT_SOUND(pruned);
static_assert(pruned.recipe.craft.prune.final.hp == find_hp(pruned.view(), "share") && pruned.recipe.craft.prune.n_layers == 2 &&
              pruned.recipe.craft.prune.layer[1].view() == "out");
static_assert(pruned.view().ops[1].constraint.kind == constraint_kind::max_norm &&
              pruned.view().ops[1].constraint.high.hp == find_hp(pruned.view(), "norm") &&
              pruned.view().ops[1].bias_constraint.kind == constraint_kind::non_negative &&
              pruned.view().ops[2].kind == op_kind::stochastic_depth && pruned.view().ops[2].rate.hp == find_hp(pruned.view(), "rate") &&
              pruned.view().ops[3].constraint.kind == constraint_kind::unit_norm);
// Keras's default rate
static_assert(model(input(4) | dense(3, min_max_norm(0.5, 2)), mse).view().ops[1].constraint.rate.k == 1);

// what metrics(...) asks for is watched like the loss; metrics of rows in training as well
constexpr auto watching = model(input(4) | dense(3), sparse_categorical_crossentropy(from_logits), sgd(0.1), metrics(auc, f1, top_k(2)),
                                reduce_on_plateau{val_f1}, stop_when(val_auc > 0.9 || top_k_accuracy > ("goal"_hp = range(0.8, 0.9))));
INGOT_SOUND(watching);
static_assert(watching.recipe.plateau.monitor == metric::val_f1 && watching.recipe.stop_rules[0].monitor == metric::val_auc &&
              watching.recipe.stop_rules[0].kind == stop_kind::above && watching.recipe.stop_rules[0].limit.k == 0.9 &&
              watching.recipe.stop_rules[1].monitor == metric::top_k_accuracy);

// caching, augmentation, mixing
static_assert(plain.craft.cache == cache_kind::none && plain.craft.n_augmentations == 0 && plain.craft.mixup.k == 0 &&
              plain.craft.cutmix.k == 0 && plain.craft.pixel_low.k == 0 && plain.craft.pixel_high.k == 255);
static_assert(with(cache(memory)).craft.cache == cache_kind::memory && with(cache(file)).craft.cache == cache_kind::file);
constexpr auto augmented = model(
    input(8, 6, 3) | flatten | dense(4), sparse_categorical_crossentropy(from_logits), sgd("lr"_hp = log_range(1e-3, 1e-1)), cache(file),
    augment(random_flip(vertical), random_rotation("turn"_hp = range(0.0, 0.2), nearest), random_zoom(0.1),
            random_zoom(between(-0.2, 0.1), 0.3, fill_with("grey"_hp = range(0.0, 9.0))), random_erasing(0.5), value_range(0, 1)),
    mixup("alpha"_hp = range(0.1, 0.4)), cutmix(1));
INGOT_SOUND(augmented);
constexpr const craft_t& craft = augmented.recipe.craft;
static_assert(craft.cache == cache_kind::file && craft.n_augmentations == 5 && craft.pixel_low.k == 0 && craft.pixel_high.k == 1);
static_assert(craft.augment[0].kind == augment_kind::flip && craft.augment[0].flip == flip_kind::vertical);
static_assert(craft.augment[1].kind == augment_kind::rotation && craft.augment[1].fill == fill_kind::nearest &&
              craft.augment[1].ranges == 1 && craft.augment[1].mirrored == 1 &&
              craft.augment[1].value[1].hp == find_hp(augmented.view(), "turn"));
static_assert(craft.augment[2].ranges == 1 && craft.augment[2].value[1].k == 0.1 && craft.augment[2].fill == fill_kind::reflect);
static_assert(craft.augment[3].ranges == 2 && craft.augment[3].mirrored == 2 && craft.augment[3].value[0].k == -0.2 &&
              craft.augment[3].value[1].k == 0.1 && craft.augment[3].value[3].k == 0.3 && craft.augment[3].fill == fill_kind::constant &&
              craft.augment[3].fill_value.hp == find_hp(augmented.view(), "grey"));
static_assert(craft.augment[4].value[0].k == 0.5 && craft.augment[4].value[1].k == 0.02 && craft.augment[4].value[2].k == 0.33);
static_assert(craft.mixup.hp == find_hp(augmented.view(), "alpha") && craft.cutmix.k == 1);
// targets of mixed batches are distributions
static_assert(augmented.recipe.loss[0].kind == loss_kind::categorical_crossentropy && augmented.recipe.loss[0].from_logits);
static_assert(model(input(8) | dense(1, sigmoid), binary_crossentropy, sgd(0.1), mixup(0.2)).recipe.loss[0].kind ==
              loss_kind::binary_crossentropy);

}  // namespace
