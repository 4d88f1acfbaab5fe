// A line plot as an SVG picture: one or more curves over a linear or logarithmic horizontal axis.
#pragma once
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace ingot::runtime {

struct Curve {
  std::string name, color;  ///< "smoothed loss", "#1f77b4"
  std::vector<std::pair<double, double>> points;
  bool dots = false;  ///< a dot for each point instead of a line through them
};
enum class AxisScale { logarithmic, linear };
struct LinePlot {
  std::string title, x_label, y_label;
  std::vector<Curve> curves;
  std::optional<double> mark{};                     ///< a vertical line at this x
  AxisScale horizontal = AxisScale::logarithmic;    ///< linear: labels at multiples of 1, 2 or 5 times a power of ten
  std::string mark_text{};                          ///< beside the mark; empty: its number
  std::vector<std::pair<double, double>> marked{};  ///< points with a ring around them
};

/// The whole file. Points that are not finite, or have x <= 0 on a logarithmic axis, are left out; a plot without points has axes only.
/// A line of a single point is a dot.
[[nodiscard]] std::string line_plot_svg(const LinePlot& plot);

/// A curve without axes or words, as high as a line of text: the course of a number at a glance.
[[nodiscard]] std::string sparkline_svg(const std::vector<double>& values);

}  // namespace ingot::runtime
