#include <ingot/runtime/train/early_stopping.hpp>

#include <ingot/runtime/model/point.hpp>

#include <algorithm>
#include <array>
#include <cmath>

namespace ingot::runtime {

bool more_is_better(std::string_view metric) {
  constexpr std::array<std::string_view, 6> words = {"accuracy", "precision", "recall", "auc", "f1", "r2"};
  // the last word: "val_top_k_accuracy", "scores.f1"
  return std::ranges::find(words, metric.substr(metric.find_last_of("._") + 1)) != words.end();
}

std::string_view metric_name(std::uint32_t metric) {
  constexpr std::array<std::string_view, 20> names = {
      "loss", "accuracy", "val_loss",           "val_accuracy",  "top_k_accuracy", "precision", "recall", "auc",     "f1",      "mse",
      "mae",  "r2",       "val_top_k_accuracy", "val_precision", "val_recall",     "val_auc",   "val_f1", "val_mse", "val_mae", "val_r2"};
  return names[std::min<std::size_t>(metric, names.size() - 1)];
}

std::optional<EarlyStoppingOptions> declared_stopping(const Point& point) {
  const ingot_recipe& recipe = point.model().recipe;
  if (recipe.stopping == 0) return std::nullopt;
  EarlyStoppingOptions options;
  options.monitor = metric_name(recipe.stop_monitor);
  options.min_delta = point.value(recipe.stop_min_delta);
  options.patience = static_cast<std::uint32_t>(std::max(0.0, point.value(recipe.stop_patience)));
  options.maximize = recipe.stop_mode == INGOT_AUTOMATIC ? more_is_better(options.monitor) : recipe.stop_mode == INGOT_MAXIMIZE;
  if (recipe.stop_has_baseline != 0) options.baseline = point.value(recipe.stop_baseline);
  options.restore_best = recipe.stop_restore_best != 0;
  options.start_from_epoch = static_cast<std::uint32_t>(std::max(0, recipe.stop_start_from_epoch));
  return options;
}

bool EarlyStopping::improved(double value, double reference) const {
  if (std::isnan(value)) return false;
  if (std::isnan(reference)) return true;
  const double delta = std::abs(options_.min_delta);
  // Compared as float32, as Keras does: an improvement by exactly min_delta does not count, however 0.7 + 0.1 is rounded.
  const auto moved = static_cast<float>(options_.maximize ? value - delta : value + delta), best = static_cast<float>(reference);
  return options_.maximize ? moved > best : moved < best;
}

EarlyStopping::Decision EarlyStopping::observe(std::uint32_t epoch, double value) {
  if (epoch < options_.start_from_epoch) return {};
  Decision decision;
  if (options_.restore_best && !state_.saved) {
    decision.save_best = state_.saved = true;
    state_.best_epoch = epoch;
  }
  ++state_.wait;
  if (!state_.best || improved(value, *state_.best)) {
    state_.best = value;
    state_.best_epoch = epoch;
    decision.save_best = options_.restore_best;
    if (!options_.baseline || improved(value, *options_.baseline)) state_.wait = 0;
    return decision;
  }
  if (state_.wait >= options_.patience && epoch > 0) {
    decision.stop = true;
    state_.stopped_epoch = epoch;
  }
  return decision;
}

}  // namespace ingot::runtime
