// The models whose losses are compared with PyTorch's, one for each configuration of torch_trace.py with the same name.
#include <ingot/dsl.hpp>

using namespace ingot;

constexpr auto pixels = input(28, 28) | flatten;
constexpr auto scores = dense(10).as("logits");
constexpr auto from_scores = sparse_categorical_crossentropy(from_logits);

inline constexpr auto golden_sgd =
    model(pixels | dense(64, tanh_act).as("hidden") | scores, from_scores, sgd(0.1), batch(64), rescale(1 / 255.));

inline constexpr auto golden_nesterov =
    model(pixels | dense(48, gelu, l2(1e-3)).as("hidden") | scores, from_scores, sgd(0.01, 0.9, nesterov), batch(64), rescale(1 / 255.));

inline constexpr auto golden_rmsprop =
    model(pixels | dense(40, sigmoid).as("hidden") | scores, from_scores, rmsprop(1e-3, 0.9), batch(50), rescale(1 / 255.));

inline constexpr auto golden_adam =
    model(pixels | dense(96, relu).as("hidden") | scores, from_scores, adam(1e-3), batch(128), rescale(1 / 255.));

inline constexpr auto golden_adam_torch = model(pixels | dense(33, elu).as("hidden_1") | dense(17, elu).as("hidden_2") | scores,
                                                from_scores, adam(1e-3, pytorch_epsilon), batch(33), rescale(1 / 255.));

// the momentum of Adam, beta1, moves against the rate
inline constexpr auto golden_one_cycle = model(pixels | dense(40, tanh_act).as("hidden") | scores, from_scores, adam(3e-3, pytorch_epsilon),
                                               one_cycle(), batch(64), rescale(1 / 255.));

inline constexpr auto golden_adamw = model(pixels | dense(64, silu).as("hidden") | dense(10, softmax).as("logits"),
                                           sparse_categorical_crossentropy, adamw(1e-3), batch(32), rescale(1 / 255.));

inline constexpr auto golden_huber =
    model(input(20) | dense(24, tanh_act).as("hidden") | dense(1).as("logits"), huber(0.5), sgd(0.05, momentum(0.9)), batch(32));

inline constexpr auto golden_bce =
    model(input(20) | dense(24, leaky_relu).as("hidden") | dense(1).as("logits"), binary_crossentropy(from_logits), adam(1e-3), batch(32));

INGOT_EXPORT(golden_sgd);
INGOT_EXPORT(golden_nesterov);
INGOT_EXPORT(golden_rmsprop);
INGOT_EXPORT(golden_adam);
INGOT_EXPORT(golden_adam_torch);
INGOT_EXPORT(golden_one_cycle);
INGOT_EXPORT(golden_adamw);
INGOT_EXPORT(golden_huber);
INGOT_EXPORT(golden_bce);
