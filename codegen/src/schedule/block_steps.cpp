#include "schedule/block_steps.hpp"

#include <algorithm>
#include <numeric>

namespace ingot::codegen {
namespace {

constexpr std::int64_t longest_run = 16, shortest_run = 4;  // a run is unrolled
constexpr double densest = 0.7;                             // above, the wider tile of the dense contraction wins

/// Whether any weight of rows top .. top + height - 1, columns left .. left + width - 1 is kept.
bool any_kept(const BlockPattern& p, std::int64_t top, std::int64_t height, std::int64_t left, std::int64_t width) {
  for (std::int64_t r = top / p.rows; r <= (top + height - 1) / p.rows; ++r)
    for (std::int64_t c = left / p.columns; c <= (left + width - 1) / p.columns; ++c)
      if (p.kept[static_cast<std::size_t>(r * p.across + c)] != 0) return true;
  return false;
}

}  // namespace

std::optional<BlockSteps> block_steps(const BlockPattern& p, const Layout& x, const Layout& w) {
  if (p.kept.empty() || w.lanes == 1 || x.lanes == 1) return std::nullopt;
  BlockSteps s;
  s.length = std::gcd(std::gcd(std::gcd(p.rows, x.width), w.valid_rows), longest_run);
  if (s.length < shortest_run) return std::nullopt;
  s.vectors = p.columns % w.width == 0 ? w.vectors() : 1;
  const std::int64_t width = s.vectors * w.lanes;
  for (std::int64_t left = 0; left < w.panels() * w.width; left += width) {
    s.begin.push_back(static_cast<std::int32_t>(s.first.size()));
    const std::int64_t real = std::min(width, w.cols - left);
    for (std::int64_t top = 0; real > 0 && top < w.valid_rows; top += s.length)
      if (any_kept(p, top, s.length, left, real)) s.first.push_back(static_cast<std::int32_t>(top));
  }
  s.begin.push_back(static_cast<std::int32_t>(s.first.size()));
  const double all = static_cast<double>(w.valid_rows) * static_cast<double>(s.begin.size() - 1);
  return s.rows() > densest * all ? std::nullopt : std::optional(std::move(s));
}

}  // namespace ingot::codegen
