// Manifests with nothing but a space, for tests of the search.
#pragma once
#include <ingot_abi.h>

#include <cstring>
#include <deque>
#include <vector>

namespace spaces {

/// Build it, then take `model()`; the builder must outlive the model.
class Builder {
 public:
  int integer(const char* name, double low, double high, double step = 1, int guard = -1, bool log = false) {
    return add({name, INGOT_HP_INTEGER, log, 1, guard, 0, 0, low, high, step, {}, {}, low});
  }
  int real(const char* name, double low, double high, double step = 0, int guard = -1, bool log = false) {
    return add({name, INGOT_HP_REAL, log, 0, guard, 0, 0, low, high, step, {}, {}, low});
  }
  int flag(const char* name, int guard = -1) { return add({name, INGOT_HP_BOOLEAN, 0, 1, guard, 0, 0, 0, 1, 1, {}, {}, 0}); }
  int choice(const char* name, const std::vector<double>& values, std::uint32_t kind = INGOT_HP_CHOICE_INT, int guard = -1) {
    ingot_hp hp{name, kind, 0, 1, guard, static_cast<std::uint32_t>(values.size()), 0, 0, 0, 0, {}, {}, values.front()};
    static const char* const labels[] = {"relu", "gelu", "tanh", "silu"};
    for (std::size_t i = 0; i < values.size(); ++i) {
      hp.choices[i] = values[i];
      hp.labels[i] = labels[i % 4];
    }
    return add(hp);
  }
  int at_least(int hp, int value, int parent = -1) { return guard({hp, parent, value, -1}); }
  int equals(int hp, int value, int parent = -1) { return guard({hp, parent, 0, value}); }

  const ingot_model& model() {
    std::memset(&model_, 0, sizeof model_);
    model_.abi_version = INGOT_ABI_VERSION;
    model_.name = "space";
    model_.hps = hps_.data();
    model_.n_hps = static_cast<std::uint32_t>(hps_.size());
    model_.guards = guards_.data();
    model_.n_guards = static_cast<std::uint32_t>(guards_.size());
    return model_;
  }

 private:
  int add(const ingot_hp& hp) {
    hps_.push_back(hp);
    return static_cast<int>(hps_.size()) - 1;
  }
  int guard(const ingot_guard& g) {
    guards_.push_back(g);
    return static_cast<int>(guards_.size()) - 1;
  }

  std::vector<ingot_hp> hps_;
  std::vector<ingot_guard> guards_;
  ingot_model model_{};
};

/// Layers 0..3, each with its own width and activation when it exists, and a flag with a stepped rate inside: nested conditions.
/// By hand: one layer has 4 widths * 2 activations * (off 1 + on 3 rates) = 32 points; so 1 + 32 + 32^2 + 32^3; times 3 rates.
inline constexpr std::uint64_t layered_points = (1 + 32 + 32 * 32 + 32 * 32 * 32) * 3ull;
inline void layered(Builder& b) {
  b.choice("learning_rate", {0.1, 0.01, 0.001}, INGOT_HP_CHOICE_REAL);
  const int layers = b.integer("layers", 0, 3);
  static const char* const names[3][4] = {
      {"units0", "act0", "drop0", "rate0"}, {"units1", "act1", "drop1", "rate1"}, {"units2", "act2", "drop2", "rate2"}};
  for (int i = 0; i < 3; ++i) {
    const int exists = b.at_least(layers, i + 1);
    b.integer(names[i][0], 32, 128, 32, exists);
    b.choice(names[i][1], {1, 4}, INGOT_HP_CHOICE_LABEL, exists);
    const int drop = b.flag(names[i][2], exists);
    b.real(names[i][3], 0.1, 0.5, 0.2, b.equals(drop, 1, exists));
  }
}

}  // namespace spaces
