#include "report/confusion_picture.hpp"

#include "report/html.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

namespace ingot::runtime {
namespace {

constexpr std::size_t most_numbers = 40, most_names = 100;
constexpr double character = 7;  // pixels, about, at 12 px

/// What fits a margin; longer names end in dots. Cut between characters of UTF-8.
std::string short_name(const std::string& name) {
  constexpr std::size_t most = 18;
  if (name.size() <= most) return name;
  std::size_t end = most - 2;
  while (end > 0 && (static_cast<unsigned char>(name[end]) & 0xc0u) == 0x80u) --end;
  return name.substr(0, end) + "..";
}

struct Geometry {
  double cell, margin, size;
  explicit Geometry(const RunRecord::Confusion& c) {
    const std::size_t n = std::max<std::size_t>(1, c.classes.size());
    cell = std::clamp(640.0 / static_cast<double>(n), n > most_names ? 2.0 : 14.0, 52.0);
    std::size_t longest = 6;
    for (const std::string& name : c.classes) longest = std::max(longest, short_name(name).size());
    margin = 30 + character * static_cast<double>(longest);
    size = margin + cell * static_cast<double>(n) + 10;
  }
};

std::string cell_svg(const Geometry& g, std::size_t row, std::size_t column, std::uint64_t count, double share, bool numbers) {
  const double x = g.margin + g.cell * static_cast<double>(column), y = g.margin + g.cell * static_cast<double>(row);
  // From white to the colour of agreement on the diagonal, to that of mistakes beside it; a small share of mistakes must show.
  const double depth = row == column ? share : std::sqrt(share);
  const auto fade = [&](int to) { return static_cast<int>(std::lround(255 + depth * (to - 255))); };
  std::string out =
      fmt::format("<rect x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.1f}\" height=\"{:.1f}\" fill=\"rgb({},{},{})\"/>\n", x, y, g.cell, g.cell,
                  fade(row == column ? 31 : 200), fade(row == column ? 119 : 40), fade(row == column ? 180 : 40));
  if (numbers && count > 0)
    out += fmt::format("<text x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"middle\" fill=\"{}\">{}</text>\n", x + g.cell / 2, y + g.cell / 2 + 4,
                       depth > 0.55 ? "white" : "#222", count);
  return out;
}

}  // namespace

std::string confusion_svg(const RunRecord::Confusion& c) {
  const Geometry g(c);
  std::string out = fmt::format(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{0:.0f}\" height=\"{0:.0f}\" viewBox=\"0 0 {0:.0f} {0:.0f}\" "
      "font-family=\"sans-serif\" font-size=\"{1}\">\n",
      g.size, c.classes.size() > 15 ? 9 : 12);
  out += fmt::format("<text x=\"4\" y=\"{0:.1f}\">true</text>\n<text x=\"{0:.1f}\" y=\"12\">decided</text>\n", g.margin - 4);
  for (std::size_t k = 0; k < c.classes.size(); ++k) {
    const std::vector<std::uint64_t>& row = c.counts[k];
    const auto total = static_cast<double>(std::accumulate(row.begin(), row.end(), std::uint64_t{0}));
    for (std::size_t d = 0; d < row.size(); ++d)
      out += cell_svg(g, k, d, row[d], total > 0 ? static_cast<double>(row[d]) / total : 0, c.classes.size() <= most_numbers);
    if (c.classes.size() > most_names) continue;
    const double middle = g.margin + g.cell * (static_cast<double>(k) + 0.5);
    const std::string name = html_text(short_name(c.classes[k]));
    out += fmt::format("<text x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"end\">{}</text>\n", g.margin - 6, middle + 4, name);
    out += fmt::format("<text transform=\"translate({:.1f},{:.1f}) rotate(-60)\">{}</text>\n", middle, g.margin - 6, name);
  }
  return out + "</svg>\n";
}

}  // namespace ingot::runtime
