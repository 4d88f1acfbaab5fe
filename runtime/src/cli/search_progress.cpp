#include "cli/search_progress.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace ingot::runtime::cli {
namespace {

constexpr int bar_width = 24;

}  // namespace

SearchListener SearchProgress::listener() {
  SearchListener result;
  result.started = [this](std::uint64_t trial, const Point&) {
    const std::lock_guard lock(mutex_);
    running_[trial];
    started_ = std::max(started_, trial + 1);
  };
  result.epoch = [this](std::uint64_t trial, std::uint32_t, double objective) {
    const std::lock_guard lock(mutex_);
    running_[trial].last = objective;
    running_[trial].reported = true;
  };
  result.finished = [this](const Trial& trial) { finish(trial); };
  return result;
}

void SearchProgress::finish(const Trial& trial) {
  const std::lock_guard lock(mutex_);
  const auto number = static_cast<std::uint64_t>(trial.number);
  work_ += 1 - std::max(0.0, running_[number].first);
  running_.erase(number);
  ++finished_;
  std::string line = fmt::format("trial {} ({}/{}): ", number, number + 1, plan_->trials);
  if (trial.state == TrialState::complete && trial.value) {
    line += fmt::format("{} {:.6g} at epoch {}", plan_->objective, *trial.value, best_epoch(trial));
    if (!best_ || (plan_->maximize ? *trial.value > *best_->value : *trial.value < *best_->value)) best_ = trial;
  } else {
    const auto reason = trial.attributes.find("fail_reason");
    line += "failed: " + (reason == trial.attributes.end() ? std::string("no reason recorded") : reason->second);
  }
  const std::string point = trial_point(*space_, trial).describe();
  line_.print(point.empty() ? line : line + ", " + point);
}

void SearchProgress::batch(std::uint64_t trial, std::uint32_t execution, const BatchReport& r) {
  const std::lock_guard lock(mutex_);
  if (!line_.due()) return;
  const double within = r.batches == 0 ? 0 : (r.batch + 1.0) / r.batches;
  const double executions = plan_->executions;
  Running& running = running_[trial];
  running.done = (execution + (r.epoch + within) / std::max(1u, r.epochs)) / executions;
  if (running.first < 0) running.first = running.done;
  running.samples_per_s = r.epoch_seconds > 0 ? static_cast<double>(r.epoch_rows) / r.epoch_seconds : 0;
  draw(trial);
}

void SearchProgress::draw(std::uint64_t trial) {
  double done = work_, rate = 0, unfinished = 0;
  for (const auto& [number, running] : running_) {
    done += running.done - std::max(0.0, running.first);
    unfinished += 1 - running.done;
    rate += running.samples_per_s;
  }
  unfinished += plan_->trials > started_ ? static_cast<double>(plan_->trials - started_) : 0;
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
  const double share = 1 - unfinished / std::max(1u, plan_->trials);
  std::string text = fmt::format("trial {} ({}/{}) {} {:3.0f} %  {} samples/s", trial, trial + 1, plan_->trials, bar_text(share, bar_width),
                                 100 * share, grouped(rate));
  if (done > 0) text += fmt::format("  {} left", duration_text(seconds / done * unfinished));
  if (running_[trial].reported) text += fmt::format("  {} {:.4f}", plan_->objective, running_[trial].last);
  if (best_) text += fmt::format("  best {:.4f} (trial {})", *best_->value, best_->number);
  line_.draw(text);
}

}  // namespace ingot::runtime::cli
