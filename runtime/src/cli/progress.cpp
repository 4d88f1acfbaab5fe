#include "cli/progress.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <sys/ioctl.h>
#include <unistd.h>

namespace ingot::runtime::cli {
namespace {

constexpr std::chrono::milliseconds draw_interval{100};
constexpr int bar_width = 24;
constexpr const char* erase_line = "\r\x1b[K";

double seconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

std::size_t terminal_width() {
  winsize size{};
  return ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 1 ? size.ws_col - 1u : 79u;
}

}  // namespace

LiveLine::LiveLine() : terminal_(isatty(STDERR_FILENO) != 0) {}

bool LiveLine::due() const { return terminal_ && std::chrono::steady_clock::now() - last_ >= draw_interval; }

void LiveLine::draw(std::string_view text) {
  if (!terminal_) return;
  text = text.substr(0, terminal_width());
  std::fprintf(stderr, "%s%.*s", erase_line, static_cast<int>(text.size()), text.data());
  std::fflush(stderr);
  drawn_ = true;
  last_ = std::chrono::steady_clock::now();
}

void LiveLine::clear() {
  if (drawn_) std::fputs(erase_line, stderr);
  drawn_ = false;
}

void LiveLine::print(std::string_view line) {
  clear();
  std::fprintf(stderr, "%.*s\n", static_cast<int>(line.size()), line.data());
}

std::string duration_text(double seconds) {
  const auto s = static_cast<std::int64_t>(std::max(0.0, std::round(seconds)));
  if (s >= 3600) return fmt::format("{}:{:02}:{:02}", s / 3600, s / 60 % 60, s % 60);
  return fmt::format("{}:{:02}", s / 60, s % 60);
}

std::string grouped(double number) {
  std::string text = fmt::format("{:.0f}", number);
  for (std::ptrdiff_t i = static_cast<std::ptrdiff_t>(text.size()) - 3; i > (text[0] == '-' ? 1 : 0); i -= 3)
    text.insert(static_cast<std::size_t>(i), 1, ',');
  return text;
}

std::string bar_text(double fraction, int width) {
  const int full = static_cast<int>(std::clamp(fraction, 0.0, 1.0) * width);
  std::string bar(static_cast<std::size_t>(full), '=');
  if (full < width) bar += '>' + std::string(static_cast<std::size_t>(width - full - 1), ' ');
  return '[' + bar + ']';
}

std::string values_text(const NamedValues& values) {
  std::string text;
  for (const auto& [name, value] : values) {
    if (name.starts_with("sparsity.")) continue;              // of each tensor: history.csv and --json have them
    const bool small = value != 0 && std::abs(value) < 1e-2;  // a learning rate of 1e-5 has no digit among four decimals
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", name, small ? fmt::format("{:.3g}", value) : fmt::format("{:.4f}", value));
  }
  return text;
}

void TrainProgress::on_train_begin(const TrainOptions&, std::uint32_t first_epoch, std::uint32_t) {
  start_ = std::chrono::steady_clock::now();
  first_epoch_ = first_epoch;
}

void TrainProgress::on_gradient_check(std::uint64_t step, const GradcheckResult& result) {
  const std::string_view verdict = result.passed ? "passed" : wrong(result) ? "failed" : "undecided at kinks";
  line_.print(fmt::format("gradient check after step {}: {}, {} tensors, worst relative error {:.1e}{}", step, verdict,
                          result.tensors.size(), result.worst_relative_error, result.passed ? "" : "; " + failure(result)));
}

void TrainProgress::on_batch_end(const BatchReport& r) {
  if (!line_.due()) return;
  const double within = r.batches == 0 ? 0 : (r.batch + 1.0) / r.batches;
  const double done = r.epoch - first_epoch_ + within, all = r.epochs - first_epoch_;
  const double left = done > 0 ? seconds_since(start_) / done * (all - done) : 0;
  const double rate = r.epoch_seconds > 0 ? static_cast<double>(r.epoch_rows) / r.epoch_seconds : 0;
  line_.draw(fmt::format("epoch {}/{} {} {:3.0f} %  {} samples/s  {} left  loss {:.4f}", r.epoch + 1, r.epochs, bar_text(within, bar_width),
                         100 * within, grouped(rate), duration_text(left), r.means ? r.means->mean(0) : 0.0));
}

bool TrainProgress::on_epoch_end(const EpochReport& r) {
  line_.print(fmt::format("epoch {}/{}: {}, {} samples/s, {:.2f} s{}", r.epoch + 1, r.epochs, values_text(r.values),
                          grouped(r.samples_per_s), r.seconds, r.best ? ", best so far" : ""));
  return true;
}

void TrainProgress::on_train_end(const TrainResult&) { line_.clear(); }

}  // namespace ingot::runtime::cli
