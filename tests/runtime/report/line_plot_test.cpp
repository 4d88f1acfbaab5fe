#include <ingot/runtime/report/line_plot.hpp>

#include <catch2/catch.hpp>

#include <limits>

using namespace ingot::runtime;
using Catch::Matchers::Contains;

namespace {

std::size_t count(const std::string& text, const std::string& what) {
  std::size_t n = 0;
  for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + 1)) ++n;
  return n;
}

}  // namespace

TEST_CASE("points go to the corners of the axes, powers of ten along the logarithm", "[line_plot]") {
  LinePlot plot{"title <a&b>", "rate", "loss", {{"loss", "#123456", {{1e-2, 3}, {1e-1, 1}, {1, 2}}}}, 0.1};
  const std::string svg = line_plot_svg(plot);
  CHECK_THAT(svg, Contains("points=\"70.0,40.0 385.0,370.0 700.0,205.0 \""));
  CHECK_THAT(svg, Contains("title &lt;a&amp;b&gt;"));
  for (const char* label : {">1e-2<", ">1e-1<", ">1e0<", ">0.1<"}) CHECK_THAT(svg, Contains(label));
  CHECK_THAT(svg, Contains("<line x1=\"385.0\" y1=\"40.0\" x2=\"385.0\" y2=\"370.0\" stroke=\"#d62728\"/>"));
  CHECK(count(svg, "<svg") == 1);
  CHECK_THAT(svg, Catch::Matchers::EndsWith("</svg>\n"));
}

TEST_CASE("what cannot be drawn is left out", "[line_plot]") {
  const double infinity = std::numeric_limits<double>::infinity();
  LinePlot plot{"t", "x", "y", {{"a", "red", {{-1, 2}, {0, 2}, {1, infinity}, {1, 5}}}, {"b", "blue", {}}}, std::nullopt};
  const std::string svg = line_plot_svg(plot);
  CHECK_THAT(svg, Contains("<circle cx=\"70.0\" cy=\"370.0\""));
  CHECK(count(svg, "nan") == 0);
  CHECK(count(svg, "inf") == 0);
  CHECK(count(svg, "#d62728") == 0);
}

TEST_CASE("a linear axis has labels at round numbers, and points of interest have rings", "[line_plot]") {
  LinePlot plot{"t", "epoch", "", {{"loss", "#123456", {{0, 0}, {20, 1}}}}, 10.0, AxisScale::linear, "best: 10", {{20, 1}}};
  const std::string svg = line_plot_svg(plot);
  CHECK_THAT(svg, Contains("points=\"70.0,370.0 700.0,40.0 \""));
  for (const char* label : {">0<", ">2<", ">10<", ">20<", ">best: 10<"}) CHECK_THAT(svg, Contains(label));
  CHECK_THAT(svg, Contains("<circle cx=\"700.0\" cy=\"40.0\" r=\"5\" fill=\"none\""));
}

TEST_CASE("a sparkline runs from the lowest to the highest value", "[line_plot]") {
  CHECK_THAT(sparkline_svg({1, 3, 2}), Contains("points=\"0,15.0 35,1.0 70,8.0 \""));
  CHECK(count(sparkline_svg({std::numeric_limits<double>::quiet_NaN()}), "nan") == 0);
  CHECK(sparkline_svg(std::vector<double>(100000, 1.0)).size() < 2000);
}
