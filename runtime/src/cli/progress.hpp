// Progress on stderr: a live line on a terminal, one line per epoch in a pipe.
#pragma once
#include <ingot/runtime/train/trainer.hpp>

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace ingot::runtime::cli {

/// A line at the bottom of the terminal that is drawn over; ordinary lines appear above it. In a pipe only those exist.
/// Not thread-safe.
class LiveLine {
 public:
  LiveLine();
  ~LiveLine() { clear(); }
  LiveLine(const LiveLine&) = delete;
  LiveLine& operator=(const LiveLine&) = delete;

  [[nodiscard]] bool live() const { return terminal_; }
  /// Whether enough time has passed since the last drawing.
  [[nodiscard]] bool due() const;
  /// Draws `text`, cut to the width of the terminal.
  void draw(std::string_view text);
  void clear();
  /// A line that stays.
  void print(std::string_view line);

 private:
  bool terminal_, drawn_ = false;
  std::chrono::steady_clock::time_point last_{};
};

/// "0:07", "12:34", "1:02:03"
std::string duration_text(double seconds);
/// "1234567" -> "1,234,567"
std::string grouped(double number);
/// "[=====>    ]" of `width` cells.
std::string bar_text(double fraction, int width);
/// "loss 0.3100, accuracy 0.8854"
std::string values_text(const NamedValues& values);

/// Shows one training run.
class TrainProgress : public TrainListener {
 public:
  void on_train_begin(const TrainOptions& options, std::uint32_t first_epoch, std::uint32_t batches) override;
  void on_batch_end(const BatchReport& report) override;
  bool on_epoch_end(const EpochReport& report) override;
  void on_gradient_check(std::uint64_t step, const GradcheckResult& result) override;
  void on_train_end(const TrainResult& result) override;

 private:
  LiveLine line_;
  std::chrono::steady_clock::time_point start_{};
  std::uint32_t first_epoch_ = 0;
};

}  // namespace ingot::runtime::cli
