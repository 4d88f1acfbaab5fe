// A line plot as an SVG file: one or more curves over a logarithmic horizontal axis.
#pragma once
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace ingot::runtime::cli {

struct Curve {
  std::string name, color;  ///< "smoothed loss", "#1f77b4"
  std::vector<std::pair<double, double>> points;
};
struct LinePlot {
  std::string title, x_label, y_label;
  std::vector<Curve> curves;
  std::optional<double> mark;  ///< a vertical line at this x
};

/// The whole file. Points that are not finite, or have x <= 0, are left out; a plot without points has axes only.
[[nodiscard]] std::string line_plot_svg(const LinePlot& plot);

}  // namespace ingot::runtime::cli
