#include "cli/line_plot.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace ingot::runtime::cli {
namespace {

constexpr double width = 720, height = 420, left = 70, right = 20, top = 40, bottom = 50;  // pixels; the margins hold texts

bool drawable(const std::pair<double, double>& p) { return p.first > 0 && std::isfinite(p.first) && std::isfinite(p.second); }

std::string escaped(const std::string& text) {
  std::string out;
  for (const char c : text) {
    if (c == '&')
      out += "&amp;";
    else if (c == '<')
      out += "&lt;";
    else
      out += c;
  }
  return out;
}

/// What the axes span: x in powers of ten, y from the lowest to the highest value.
struct Axes {
  double x0 = 0, x1 = 1, y0 = 0, y1 = 1;

  explicit Axes(const LinePlot& plot) {
    bool first = true;
    for (const Curve& curve : plot.curves)
      for (const auto& p : curve.points) {
        if (!drawable(p)) continue;
        const double x = std::log10(p.first);
        x0 = first ? x : std::min(x0, x);
        x1 = first ? x : std::max(x1, x);
        y0 = first ? p.second : std::min(y0, p.second);
        y1 = first ? p.second : std::max(y1, p.second);
        first = false;
      }
    if (x1 <= x0) x1 = x0 + 1;
    if (y1 <= y0) y1 = y0 + 1;
  }
  [[nodiscard]] double across(double x) const { return left + (std::log10(x) - x0) / (x1 - x0) * (width - left - right); }
  [[nodiscard]] double down(double y) const { return height - bottom - (y - y0) / (y1 - y0) * (height - top - bottom); }
};

std::string text_at(double x, double y, const char* anchor, const std::string& text) {
  return fmt::format("<text x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"{}\">{}</text>\n", x, y, anchor, escaped(text));
}
std::string line(double x0, double y0, double x1, double y1, const char* color) {
  return fmt::format("<line x1=\"{:.1f}\" y1=\"{:.1f}\" x2=\"{:.1f}\" y2=\"{:.1f}\" stroke=\"{}\"/>\n", x0, y0, x1, y1, color);
}

std::string grid(const Axes& axes) {
  constexpr int rows = 5;
  std::string out;
  for (int e = static_cast<int>(std::ceil(axes.x0 - 1e-9)); e <= axes.x1 + 1e-9; ++e) {
    const double x = axes.across(std::pow(10.0, e));
    out += line(x, top, x, height - bottom, "#ddd") + text_at(x, height - bottom + 18, "middle", fmt::format("1e{}", e));
  }
  for (int k = 0; k <= rows; ++k) {
    const double value = axes.y0 + (axes.y1 - axes.y0) * k / rows, y = axes.down(value);
    out += line(left, y, width - right, y, "#ddd") + text_at(left - 8, y + 4, "end", fmt::format("{:.3g}", value));
  }
  return out;
}

std::string curve_line(const Curve& curve, const Axes& axes) {
  std::string points;
  for (const auto& p : curve.points)
    if (drawable(p)) points += fmt::format("{:.1f},{:.1f} ", axes.across(p.first), axes.down(p.second));
  return fmt::format("<polyline fill=\"none\" stroke=\"{}\" stroke-width=\"1.5\" points=\"{}\"/>\n", curve.color, points);
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
  double legend = top + 14;
  for (const Curve& curve : plot.curves) {
    out += curve_line(curve, axes) + line(width - right - 150, legend - 4, width - right - 130, legend - 4, curve.color.c_str()) +
           text_at(width - right - 124, legend, "start", curve.name);
    legend += 16;
  }
  if (plot.mark && *plot.mark > 0) {
    const double x = axes.across(*plot.mark);
    out += line(x, top, x, height - bottom, "#d62728") + text_at(x + 4, top + 14, "start", fmt::format("{:.3g}", *plot.mark));
  }
  return out + "</svg>\n";
}

}  // namespace ingot::runtime::cli
