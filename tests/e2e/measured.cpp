// Models that measure and weigh: what measured_test.py trains, searches and checks.
#include <ingot/dsl.hpp>

using namespace ingot;
using namespace ingot::literals;

// A rare class in a table, with weights of rows and classes.
inline constexpr auto rare = model(
    input(2) | dense(8, act::tanh) | dense(1).as("score"),
    binary_focal_crossentropy(from_logits, focal_gamma("gamma"_hp = range(0.5, 3.0)), focal_alpha(0.5), label_smoothing(0.05)), adam(0.02),
    metrics(precision, recall, auc, f1), class_weight(1, "weight"_hp = range(1.0, 4.0)), sample_weights, batch(32), epochs(60),
    validation(0.25), early_stopping{.monitor = val_f1, .patience = 30, .restore_best_weights = true}, random_search{val_auc, 3});
INGOT_EXPORT(rare);

// Two inputs and two outputs with weighted losses, each with the metrics that fit it.
inline constexpr auto twofold = model(dag(inputs(input(3).as("left"), input(2).as("right")),
                                          [](auto left, auto right) {
                                            auto both = concat(left | dense(8, relu), right | dense(8, relu));
                                            auto kind = both | dense(4, softmax).as("kind");
                                            return concat(both, kind) | dense(2).as("size");
                                          }),
                                      output("kind", sparse_categorical_crossentropy(label_smoothing(0.1)), 0.5),
                                      output("size", log_cosh, "share"_hp = range(0.5, 2.0)), sgd(0.05, momentum(0.9)),
                                      metrics(top_k(2), f1, r2, mae), sample_weights, batch(16), epochs(8), validation(40));
INGOT_EXPORT(twofold);

// Classes of unequal size, balanced.
inline constexpr auto balanced = model(input(2) | dense(8, relu) | dense(3).as("kind"), categorical_crossentropy(from_logits), adam(0.02),
                                       balanced_class_weights, metrics(precision, recall), batch(32), epochs(5), validation(0.2));
INGOT_EXPORT(balanced);
