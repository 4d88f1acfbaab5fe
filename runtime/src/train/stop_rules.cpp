#include <ingot/runtime/train/stop_rules.hpp>

#include <fmt/format.h>
#include <ingot/runtime/train/early_stopping.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <span>

namespace ingot::runtime {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
using Reason = std::optional<std::string>;

bool is_prechelt(const StopRule& rule) {
  return rule.kind == INGOT_STOP_PRECHELT_GL || rule.kind == INGOT_STOP_PRECHELT_PQ || rule.kind == INGOT_STOP_PRECHELT_UP;
}

/// The rules over one history.
class Judge {
 public:
  Judge(const std::vector<NamedValues>& history, double seconds) : history_(history), seconds_(seconds) {}

  [[nodiscard]] Reason judge(const StopRule& rule) const {
    switch (rule.kind) {
      case INGOT_STOP_BELOW:
      case INGOT_STOP_ABOVE:
        return threshold(rule);
      case INGOT_STOP_PRECHELT_GL:
        return generalization_loss(rule);
      case INGOT_STOP_PRECHELT_PQ:
        return progress_quotient(rule);
      case INGOT_STOP_PRECHELT_UP:
        return successive_rises(rule);
      case INGOT_STOP_TIME_BUDGET:
        if (seconds_ >= rule.limit) return fmt::format("{:.1f} s have passed, of a budget of {:g} s", seconds_, rule.limit);
        return std::nullopt;
      case INGOT_STOP_ANY:
      case INGOT_STOP_ALL:
        break;
    }
    return std::nullopt;
  }

 private:
  [[nodiscard]] Reason threshold(const StopRule& rule) const {
    const double* value = latest(rule.monitor);
    if (value == nullptr) return std::nullopt;
    if (rule.kind == INGOT_STOP_BELOW && *value < rule.limit)
      return fmt::format("{} {:.6g} is below {:g}", rule.monitor, *value, rule.limit);
    if (rule.kind == INGOT_STOP_ABOVE && *value > rule.limit)
      return fmt::format("{} {:.6g} is above {:g}", rule.monitor, *value, rule.limit);
    return std::nullopt;
  }

  /// The figure after epoch t, from 1; a NaN is infinitely high.
  [[nodiscard]] double error(std::string_view name, std::size_t t) const {
    const double* value = find_value(history_[t - 1], name);
    return value == nullptr || std::isnan(*value) ? infinity : *value;
  }
  /// The figure after the last epoch; null: the run does not have it, or no epoch is complete.
  [[nodiscard]] const double* latest(std::string_view name) const { return history_.empty() ? nullptr : find_value(history_.back(), name); }
  [[nodiscard]] bool validated() const { return latest("val_loss") != nullptr; }

  /// GL in percent after epoch t.
  [[nodiscard]] double loss_of_generalization(std::size_t t) const {
    double lowest = infinity;
    for (std::size_t i = 1; i <= t; ++i) lowest = std::min(lowest, error("val_loss", i));
    const double now = error("val_loss", t);
    return now == lowest ? 0 : 100 * (now - lowest) / std::abs(lowest);
  }

  /// P in per mille of the strip that ends with epoch t.
  [[nodiscard]] double progress(std::size_t t, std::size_t strip) const {
    double sum = 0, lowest = infinity;
    for (std::size_t i = t - strip + 1; i <= t; ++i) {
      sum += error("loss", i);
      lowest = std::min(lowest, error("loss", i));
    }
    const double mean = sum / static_cast<double>(strip);
    return mean == lowest ? 0 : 1000 * (mean - lowest) / std::abs(lowest);
  }

  /// The last epoch that ended a strip; 0: none has.
  [[nodiscard]] std::size_t strip_end(std::size_t strip) const { return history_.size() / strip * strip; }

  [[nodiscard]] Reason generalization_loss(const StopRule& rule) const {
    if (!validated()) return std::nullopt;
    const double loss = loss_of_generalization(history_.size());
    if (!(loss > rule.limit)) return std::nullopt;
    return fmt::format("val_loss lies {:.4g} % above its minimum, GL allows {:g} %", loss, rule.limit);
  }

  [[nodiscard]] Reason progress_quotient(const StopRule& rule) const {
    const std::size_t end = strip_end(rule.strip);
    if (end == 0 || !validated()) return std::nullopt;
    const double loss = loss_of_generalization(end), quotient = loss == 0 ? 0 : loss / progress(end, rule.strip);
    if (!(quotient > rule.limit)) return std::nullopt;
    return fmt::format("GL by training progress was {:.4g} after epoch {}, PQ allows {:g}", quotient, end, rule.limit);
  }

  [[nodiscard]] Reason successive_rises(const StopRule& rule) const {
    const std::size_t strip = rule.strip, end = strip_end(strip), rises = static_cast<std::size_t>(rule.limit);
    if (!validated() || end < (rises + 1) * strip) return std::nullopt;
    for (std::size_t k = 0, t = end; k < rises; ++k, t -= strip)
      if (!(error("val_loss", t) > error("val_loss", t - strip))) return std::nullopt;
    return fmt::format("val_loss rose over {} strip{} of {} epochs up to epoch {}", rises, rises == 1 ? "" : "s", strip, end);
  }

  const std::vector<NamedValues>& history_;
  double seconds_;
};

Reason join(ingot_stop_kind kind, Reason a, Reason b) {
  if (kind == INGOT_STOP_ANY) return a ? std::move(a) : std::move(b);
  if (!a || !b) return std::nullopt;
  return *a + ", and " + *b;
}

}  // namespace

std::vector<StopRule> declared_stop_rules(const Point& point) {
  const ingot_recipe& recipe = point.model().recipe;
  std::vector<StopRule> rules;
  for (const ingot_stop_rule& row : std::span(recipe.stop_rules, recipe.n_stop_rules)) {
    StopRule rule;
    rule.kind = static_cast<ingot_stop_kind>(row.kind);
    rule.monitor = metric_name(row.monitor);
    rule.strip = static_cast<std::uint32_t>(std::max(1, row.strip));
    rule.limit = point.value(row.limit);
    rules.push_back(std::move(rule));
  }
  return rules;
}

std::optional<std::string> stop_reason(const std::vector<StopRule>& rules, const std::vector<NamedValues>& history, double seconds) {
  if (rules.empty()) return std::nullopt;
  const Judge judge(history, seconds);
  std::vector<Reason> verdicts;
  for (const StopRule& rule : rules) {
    const bool joins = rule.kind == INGOT_STOP_ANY || rule.kind == INGOT_STOP_ALL;
    if (!joins) {
      verdicts.push_back(judge.judge(rule));
      continue;
    }
    Reason second = std::move(verdicts.back());
    verdicts.pop_back();
    verdicts.back() = join(rule.kind, std::move(verdicts.back()), std::move(second));
  }
  return verdicts.back();
}

bool wants_best_weights(const std::vector<StopRule>& rules) { return std::any_of(rules.begin(), rules.end(), is_prechelt); }

std::optional<std::uint32_t> lowest_loss_epoch(const std::vector<NamedValues>& history) {
  std::optional<std::uint32_t> best;
  double lowest = infinity;
  for (std::size_t e = 0; e < history.size(); ++e) {
    const double* value = find_value(history[e], "val_loss");
    if (value == nullptr || !(*value < lowest)) continue;
    lowest = *value;
    best = static_cast<std::uint32_t>(e);
  }
  return best;
}

double shortest_time_budget(const std::vector<StopRule>& rules) {
  double shortest = infinity;
  for (const StopRule& rule : rules)
    if (rule.kind == INGOT_STOP_TIME_BUDGET) shortest = std::min(shortest, rule.limit);
  return shortest;
}

std::vector<std::string> watched(const std::vector<StopRule>& rules) {
  std::vector<std::string> names;
  const auto add = [&names](const std::string& name) {
    if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
  };
  for (const StopRule& rule : rules) {
    if (is_prechelt(rule)) add("val_loss");
    if (rule.kind == INGOT_STOP_BELOW || rule.kind == INGOT_STOP_ABOVE) add(rule.monitor);
  }
  return names;
}

}  // namespace ingot::runtime
