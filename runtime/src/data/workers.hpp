// Threads that share the calls of one function: for work of milliseconds per call, such as decoding files. (Steps of generated programs
// run on a Team, which spins between microseconds of work.)
#pragma once
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>

namespace ingot::runtime {

class Workers {
 public:
  /// `threads` in all, the caller of run included; at least 1.
  explicit Workers(std::uint32_t threads);
  /// No call of run is going on.
  ~Workers();
  Workers(const Workers&) = delete;
  Workers& operator=(const Workers&) = delete;

  [[nodiscard]] std::uint32_t threads() const noexcept;
  /// body(i) for every i < count, in any order, on any of the threads; returns when all are done. Several callers at once are fine. What
  /// the call with the lowest i throws is thrown again here, after all have ended.
  void run(std::size_t count, const std::function<void(std::size_t)>& body);

 private:
  struct Shared;
  std::unique_ptr<Shared> shared_;
};

}  // namespace ingot::runtime
