// Stopping rules beside early stopping: thresholds on figures, Prechelt's criteria and a time budget, joined by any and all.
//
// Source of GL, PQ and UP: L. Prechelt, "Early Stopping - But When?" (1998). E_va is val_loss, E_tr the training loss of an epoch;
// E_opt the lowest E_va so far. Rules are a function of the run's history, so a resumed run decides as an uninterrupted one.
//  * GL: 100 (E_va - E_opt) / |E_opt| > alpha. Where E_opt is 0 every rise is infinite. A val_loss that is no number is infinitely high.
//  * PQ: at the end of a strip of k epochs, GL / P > alpha with P = 1000 (mean E_tr - min E_tr) / |min E_tr| over the strip. Without
//    progress (P = 0) every GL above 0 is enough.
//  * UP: at the end of a strip, E_va was higher than at the end of the strip before, s times in succession.
// PQ and UP keep their verdict until the next strip ends. A figure that a run does not have never fulfils a rule.
//  * The time budget is asked for within an epoch too, with the figures of the last complete one.
#pragma once
#include <ingot/runtime/model/point.hpp>
#include <ingot/runtime/train/loops.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace ingot::runtime {

struct StopRule {
  ingot_stop_kind kind = INGOT_STOP_BELOW;
  std::string monitor{};    ///< below, above
  std::uint32_t strip = 1;  ///< epochs
  double limit = 0;         ///< threshold, alpha, s, seconds
};
/// One condition in postfix order, as the recipe declares it at this point; empty: none.
[[nodiscard]] std::vector<StopRule> declared_stop_rules(const Point& point);

/// Whether the condition holds behind the last epoch of `history`, which may be none; `seconds`: that the run has taken. Returns why, one
/// sentence without an end.
[[nodiscard]] std::optional<std::string> stop_reason(const std::vector<StopRule>& rules, const std::vector<NamedValues>& history,
                                                     double seconds);

/// Whether one of the rules is Prechelt's, so that the weights of the lowest val_loss are wanted.
[[nodiscard]] bool wants_best_weights(const std::vector<StopRule>& rules);
/// The epoch (0-based) of the lowest val_loss, the first of several; none without a number.
[[nodiscard]] std::optional<std::uint32_t> lowest_loss_epoch(const std::vector<NamedValues>& history);

/// The shortest time budget among the rules, in seconds; infinite: there is none, so nothing changes within an epoch.
[[nodiscard]] double shortest_time_budget(const std::vector<StopRule>& rules);

/// Figures that the rules watch, each once.
[[nodiscard]] std::vector<std::string> watched(const std::vector<StopRule>& rules);

}  // namespace ingot::runtime
