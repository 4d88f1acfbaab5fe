#include "cli/line_plot.hpp"

#include <catch2/catch.hpp>
#include <limits>

using namespace ingot::runtime::cli;
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
  CHECK_THAT(svg, Contains("title &lt;a&amp;b>"));
  for (const char* label : {">1e-2<", ">1e-1<", ">1e0<", ">0.1<"}) CHECK_THAT(svg, Contains(label));
  CHECK_THAT(svg, Contains("<line x1=\"385.0\" y1=\"40.0\" x2=\"385.0\" y2=\"370.0\" stroke=\"#d62728\"/>"));
  CHECK(count(svg, "<svg") == 1);
  CHECK_THAT(svg, Catch::Matchers::EndsWith("</svg>\n"));
}

TEST_CASE("what cannot be drawn is left out", "[line_plot]") {
  const double infinity = std::numeric_limits<double>::infinity();
  LinePlot plot{"t", "x", "y", {{"a", "red", {{-1, 2}, {0, 2}, {1, infinity}, {1, 5}}}, {"b", "blue", {}}}, std::nullopt};
  const std::string svg = line_plot_svg(plot);
  CHECK_THAT(svg, Contains("points=\"70.0,370.0 \""));
  CHECK(count(svg, "nan") == 0);
  CHECK(count(svg, "inf") == 0);
  CHECK(count(svg, "#d62728") == 0);
}
