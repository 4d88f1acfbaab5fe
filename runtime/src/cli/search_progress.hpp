// Progress of a search on stderr: a line per finished trial and, on a terminal, a live line over all running ones. Thread-safe.
#pragma once
#include "cli/progress.hpp"

#include <ingot/runtime/search/driver.hpp>

#include <map>
#include <mutex>

namespace ingot::runtime::cli {

class SearchProgress {
 public:
  SearchProgress(const Space& space, const SearchPlan& plan) : space_(&space), plan_(&plan) {}

  /// For the driver.
  [[nodiscard]] SearchListener listener();
  /// From the training loop of a trial.
  void batch(std::uint64_t trial, std::uint32_t execution, const BatchReport& report);

 private:
  struct Running {
    double first = -1, done = 0;  // shares of the trial: when first seen in this process, and now
    double samples_per_s = 0;
    double last = 0;
    bool reported = false;
  };
  void finish(const Trial& trial);
  void draw(std::uint64_t trial);

  const Space* space_;
  const SearchPlan* plan_;
  std::mutex mutex_;
  LiveLine line_;
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
  std::map<std::uint64_t, Running> running_;
  std::uint64_t finished_ = 0, started_ = 0;  // trials: finished here; highest number begun, plus 1
  double work_ = 0;                           // of finished trials, in trials, done in this process
  std::optional<Trial> best_;
};

}  // namespace ingot::runtime::cli
