// Losses, metrics and weights: what each word makes of the recipe. All of it is decided at compile time.
#include <ingot/dsl.hpp>

using namespace ingot;
using namespace ingot::literals;

namespace {

constexpr auto three = input(4) | dense(3);
constexpr auto one = input(4) | dense(1);

template <class L>
constexpr loss_t loss_of(const L& l) {
  loss_t made;
  hp_t rows[4]{};
  detail::row_sink sink{rows};
  l.put_loss(made, sink);
  return made;
}

// Keras's defaults
static_assert(loss_of(categorical_crossentropy).smoothing.k == 0 && !loss_of(categorical_crossentropy).from_logits);
static_assert(loss_of(binary_focal_crossentropy).gamma.k == 2 && !loss_of(binary_focal_crossentropy).balance);
static_assert(loss_of(categorical_focal_crossentropy).alpha.k == 0.25 && loss_of(categorical_focal_crossentropy).gamma.k == 2);

// options, in any order
static_assert(loss_of(categorical_crossentropy(label_smoothing(0.1))).smoothing.k == 0.1);
static_assert(loss_of(categorical_crossentropy(label_smoothing(0.1), from_logits)).from_logits);
static_assert(loss_of(binary_focal_crossentropy(focal_gamma(3))).gamma.k == 3);
static_assert(loss_of(binary_focal_crossentropy(focal_alpha(0.3), from_logits, focal_gamma(3), label_smoothing(0.2))).balance);
static_assert(!loss_of(categorical_focal_crossentropy(focal_alpha(0.3))).balance, "a factor, not a balance");
constexpr int here = __LINE__ + 1;
static_assert(loss_of(sparse_categorical_crossentropy(from_logits, label_smoothing(0.1))).line == here);

// every plain loss
static_assert(loss_of(msle).kind == loss_kind::msle && loss_name(loss_kind::msle) == "msle");
static_assert(loss_of(mape).kind == loss_kind::mape && loss_name(loss_kind::mape) == "mape");
static_assert(loss_of(log_cosh).kind == loss_kind::log_cosh && loss_name(loss_kind::log_cosh) == "log_cosh");
static_assert(loss_of(kl_divergence).kind == loss_kind::kl_divergence && loss_name(loss_kind::kl_divergence) == "kl_divergence");
static_assert(loss_of(poisson).kind == loss_kind::poisson && loss_name(loss_kind::poisson) == "poisson");
static_assert(loss_of(hinge).kind == loss_kind::hinge && loss_name(loss_kind::hinge) == "hinge");
static_assert(loss_of(squared_hinge).kind == loss_kind::squared_hinge && loss_name(loss_kind::squared_hinge) == "squared_hinge");
static_assert(loss_of(cosine_similarity).kind == loss_kind::cosine_similarity &&
              loss_name(loss_kind::cosine_similarity) == "cosine_similarity");
static_assert(loss_name(loss_kind::categorical_focal_crossentropy) == "categorical_focal_crossentropy");

// every number may be searched
constexpr auto searched = model(input(4) | dense(1, sigmoid),
                                binary_focal_crossentropy(focal_gamma("g"_hp = range(1.0, 3.0)), label_smoothing("s"_hp = range(0.0, 0.2)),
                                                          focal_alpha("a"_hp = range(0.1, 0.9))),
                                sgd("lr"_hp = range(0.1, 0.2)), class_weight(1, "w"_hp = range(1.0, 5.0)));
INGOT_SOUND(searched);
constexpr int hp(std::string_view name) { return find_hp(searched.view(), name); }
static_assert(searched.recipe.loss[0].gamma.hp == hp("g") && searched.recipe.loss[0].smoothing.hp == hp("s"));
static_assert(searched.recipe.loss[0].alpha.hp == hp("a") && searched.recipe.class_weight[1].hp == hp("w"));
static_assert(searched.recipe.class_weight[0].k == 1 && searched.recipe.n_class_weights == 2);
static_assert(!searched.hps[hp("g")].structural && !searched.hps[hp("w")].structural);

// metrics
constexpr auto measured = model(three, sparse_categorical_crossentropy(from_logits), metrics(accuracy, top_k(2), precision, f1),
                                early_stopping{val_f1, 3}, random_search{val_top_k_accuracy, 4}, sample_weights, balanced_class_weights);
INGOT_SOUND(measured);
static_assert(measured.recipe.metrics == (metric_bit(metric::top_k_accuracy) | metric_bit(metric::precision) | metric_bit(metric::f1)));
static_assert(measured.recipe.top_k == 2 && measured.recipe.sample_weights && measured.recipe.balanced_class_weights);
static_assert(measured.recipe.stopping.monitor == metric::val_f1 && measured.recipe.objective == metric::val_top_k_accuracy);
static_assert(model(one, mse, metrics(mse, mae, r2)).recipe.metrics ==
              (metric_bit(metric::mse) | metric_bit(metric::mae) | metric_bit(metric::r2)));
static_assert(model(one, mse).recipe.metrics == 0 && model(one, mse).recipe.top_k == 5);

// a metric, its val_ form, its bit and its name belong together
constexpr bool belong_together() {
  for (int i = 0; i <= static_cast<int>(metric::r2) - static_cast<int>(metric::top_k_accuracy); ++i) {
    const auto m = static_cast<metric>(static_cast<int>(metric::top_k_accuracy) + i),
               val = static_cast<metric>(static_cast<int>(metric::val_top_k_accuracy) + i);
    if (metric_name(val).substr(0, 4) != "val_" || metric_name(val).substr(4) != metric_name(m)) return false;
    if (metric_bit(m) != metric_bit(val) || metric_bit(m) != 1U << static_cast<int>(m)) return false;
    if (on_validation(m) || !on_validation(val) || is_row_mean(m) != is_row_mean(val)) return false;
  }
  return true;
}
static_assert(belong_together() && metric_bit(metric::val_accuracy) == 0 && on_validation(metric::val_loss) &&
              !on_validation(metric::loss));

// class weights follow the width where it is searched with them
constexpr auto wide = model(input(4) | dense("n"_hp = choice(2, 2)), sparse_categorical_crossentropy(from_logits), class_weight(1, 2));
INGOT_SOUND(wide);
constexpr auto binary = model(one, binary_crossentropy(from_logits), class_weight(1, 2), metrics(precision, recall, auc));
INGOT_SOUND(binary);

}  // namespace
