#include <ingot/runtime/report/line_plot.hpp>

#include "report/html.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace ingot::runtime {
namespace {

constexpr double width = 720, height = 420, left = 70, right = 20, top = 40, bottom = 50;  // pixels; the margins hold texts
constexpr double spark_width = 70, spark_height = 16;

bool drawable(const std::pair<double, double>& p, AxisScale horizontal) {
  return (horizontal == AxisScale::linear || p.first > 0) && std::isfinite(p.first) && std::isfinite(p.second);
}

/// What the axes span: x in itself or in powers of ten, y from the lowest to the highest value.
struct Axes {
  double x0 = 0, x1 = 1, y0 = 0, y1 = 1;
  AxisScale horizontal;

  explicit Axes(const LinePlot& plot) : horizontal(plot.horizontal) {
    bool first = true;
    for (const Curve& curve : plot.curves)
      for (const auto& p : curve.points) {
        if (!drawable(p, horizontal)) continue;
        const double x = scaled(p.first);
        x0 = first ? x : std::min(x0, x);
        x1 = first ? x : std::max(x1, x);
        y0 = first ? p.second : std::min(y0, p.second);
        y1 = first ? p.second : std::max(y1, p.second);
        first = false;
      }
    if (x1 <= x0) x1 = x0 + 1;
    if (y1 <= y0) y1 = y0 + 1;
  }
  [[nodiscard]] double scaled(double x) const { return horizontal == AxisScale::linear ? x : std::log10(x); }
  [[nodiscard]] double across(double x) const { return left + (scaled(x) - x0) / (x1 - x0) * (width - left - right); }
  [[nodiscard]] double down(double y) const { return height - bottom - (y - y0) / (y1 - y0) * (height - top - bottom); }
};

std::string text_at(double x, double y, const char* anchor, const std::string& text) {
  return fmt::format("<text x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"{}\">{}</text>\n", x, y, anchor, html_text(text));
}
std::string line(double x0, double y0, double x1, double y1, const char* color) {
  return fmt::format("<line x1=\"{:.1f}\" y1=\"{:.1f}\" x2=\"{:.1f}\" y2=\"{:.1f}\" stroke=\"{}\"/>\n", x0, y0, x1, y1, color);
}
std::string circle(double x, double y, double radius, const char* fill, const char* stroke) {
  return fmt::format("<circle cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"{:g}\" fill=\"{}\" stroke=\"{}\"/>\n", x, y, radius, fill, stroke);
}

/// 1, 2 or 5 times a power of ten, so that at most `most` steps span `range`.
double round_step(double range, int most) {
  const double rough = range / most, power = std::pow(10.0, std::floor(std::log10(rough)));
  for (const double factor : {1.0, 2.0, 5.0})
    if (factor * power >= rough) return factor * power;
  return 10 * power;
}

std::string tick(const Axes& axes, double x, const std::string& label) {
  const double at = axes.across(x);
  return line(at, top, at, height - bottom, "#ddd") + text_at(at, height - bottom + 18, "middle", label);
}

std::string grid(const Axes& axes) {
  constexpr int rows = 5, columns = 10;
  std::string out;
  if (axes.horizontal == AxisScale::logarithmic) {
    for (int e = static_cast<int>(std::ceil(axes.x0 - 1e-9)); e <= axes.x1 + 1e-9; ++e)
      out += tick(axes, std::pow(10.0, e), fmt::format("1e{}", e));
  } else {
    const double step = round_step(axes.x1 - axes.x0, columns);
    for (double k = std::ceil(axes.x0 / step - 1e-9); k * step <= axes.x1 + step * 1e-9; ++k)
      out += tick(axes, k * step, fmt::format("{:.4g}", k == 0 ? 0.0 : k * step));
  }
  for (int k = 0; k <= rows; ++k) {
    const double value = axes.y0 + (axes.y1 - axes.y0) * k / rows, y = axes.down(value);
    out += line(left, y, width - right, y, "#ddd") + text_at(left - 8, y + 4, "end", fmt::format("{:.3g}", value));
  }
  return out;
}

std::string curve_line(const Curve& curve, const Axes& axes) {
  std::string points, dots;
  int drawn = 0;
  for (const auto& p : curve.points) {
    if (!drawable(p, axes.horizontal)) continue;
    const double x = axes.across(p.first), y = axes.down(p.second);
    ++drawn;
    points += fmt::format("{:.1f},{:.1f} ", x, y);
    if (curve.dots || drawn == 1) dots += circle(x, y, 3, html_text(curve.color).c_str(), "none");
  }
  if (curve.dots || drawn == 1) return dots;
  return fmt::format("<polyline fill=\"none\" stroke=\"{}\" stroke-width=\"1.5\" points=\"{}\"/>\n", html_text(curve.color), points);
}

/// For the longest name at 12 px.
double legend_width(const LinePlot& plot) {
  constexpr double line_and_gap = 30, character = 6.5, least = 150;
  std::size_t longest = 0;
  for (const Curve& curve : plot.curves) longest = std::max(longest, curve.name.size());
  return std::max(least, line_and_gap + character * static_cast<double>(longest));
}

}  // namespace

std::string line_plot_svg(const LinePlot& plot) {
  const Axes axes(plot);
  std::string out = fmt::format(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{0:g}\" height=\"{1:g}\" viewBox=\"0 0 {0:g} {1:g}\" font-family=\"sans-serif\" "
      "font-size=\"12\">\n<rect width=\"{0:g}\" height=\"{1:g}\" fill=\"white\"/>\n",
      width, height);
  out += grid(axes) + text_at(width / 2, 22, "middle", plot.title) + text_at(width / 2, height - 12, "middle", plot.x_label) +
         text_at(left, top - 8, "middle", plot.y_label);
  const double legend_left = width - right - legend_width(plot);
  double legend = top + 14;
  for (const Curve& curve : plot.curves) {
    out += curve_line(curve, axes);
    if (curve.name.empty()) continue;
    out += line(legend_left, legend - 4, legend_left + 20, legend - 4, html_text(curve.color).c_str()) +
           text_at(legend_left + 26, legend, "start", curve.name);
    legend += 16;
  }
  for (const auto& p : plot.marked)
    if (drawable(p, plot.horizontal)) out += circle(axes.across(p.first), axes.down(p.second), 5, "none", "#d62728");
  if (plot.mark && drawable({*plot.mark, 0}, plot.horizontal)) {
    const double x = axes.across(*plot.mark);
    const std::string text = plot.mark_text.empty() ? fmt::format("{:.3g}", *plot.mark) : plot.mark_text;
    out += line(x, top, x, height - bottom, "#d62728") + text_at(x + 4, height - bottom - 6, "start", text);
  }
  return out + "</svg>\n";
}

std::string sparkline_svg(const std::vector<double>& values) {
  double low = 0, high = 0;
  bool first = true;
  for (const double v : values) {
    if (!std::isfinite(v)) continue;
    low = first ? v : std::min(low, v);
    high = first ? v : std::max(high, v);
    first = false;
  }
  const double range = high > low ? high - low : 1;
  // More points than pixels show nothing more.
  const std::size_t stride = values.size() / static_cast<std::size_t>(spark_width) + 1;
  std::string points;
  for (std::size_t i = 0; i < values.size(); i += stride) {
    if (!std::isfinite(values[i])) continue;
    const double share = values.size() > 1 ? static_cast<double>(i) / static_cast<double>(values.size() - 1) : 0;
    points += fmt::format("{:.0f},{:.1f} ", share * spark_width, spark_height - 1 - (values[i] - low) / range * (spark_height - 2));
  }
  return fmt::format(
      "<svg width=\"{0:g}\" height=\"{1:g}\" viewBox=\"0 0 {0:g} {1:g}\"><polyline fill=\"none\" stroke=\"#1f77b4\" points=\"{2}\"/></svg>",
      spark_width, spark_height, points);
}

}  // namespace ingot::runtime
