#include <ingot/runtime/prune/mask.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <tuple>

namespace ingot::runtime {
namespace {

/// Units of a matrix lie in a grid: each has `height` x `width` weights, fewer at the edges.
struct Grid {
  std::uint64_t rows, cols, height, width;
  [[nodiscard]] std::uint64_t down() const { return (rows + height - 1) / height; }
  [[nodiscard]] std::uint64_t across() const { return (cols + width - 1) / width; }
  [[nodiscard]] std::uint64_t units() const { return down() * across(); }
  /// Calls f(index of a weight) for all weights of a unit.
  template <class F>
  void for_each(std::uint64_t unit, F f) const {
    const std::uint64_t top = unit / across() * height, left = unit % across() * width;
    for (std::uint64_t r = top; r < std::min(top + height, rows); ++r)
      for (std::uint64_t c = left; c < std::min(left + width, cols); ++c) f(r * cols + c);
  }
};

Grid grid_of(const WeightMatrix& w, const PrunePattern& p) {
  if (p.form == PruneForm::block) return {w.rows, w.cols, p.rows, p.columns};
  if (p.form == PruneForm::filters) return {w.rows, w.cols, std::max<std::uint64_t>(w.rows, 1), 1};
  return {w.rows, w.cols, 1, 1};
}

double score(const WeightMatrix& w, const Grid& grid, const PrunePattern& p, std::uint64_t unit) {
  double sum = 0, largest = 0;
  std::uint64_t count = 0;
  grid.for_each(unit, [&](std::uint64_t i) {
    const double size = std::abs(w.values[i]);
    sum += p.form == PruneForm::filters ? size * size : size;
    largest = std::max(largest, size);
    ++count;
  });
  const double mean = sum / static_cast<double>(count);
  if (std::isnan(mean)) return std::numeric_limits<double>::infinity();
  if (p.form == PruneForm::filters) return std::sqrt(mean);
  return p.by_largest ? largest : mean;
}

struct Unit {
  double score;
  std::size_t tensor;
  std::uint64_t number;
  bool operator<(const Unit& o) const { return std::tie(score, tensor, number) < std::tie(o.score, o.tensor, o.number); }
};

/// The units of one tensor without the largest, which always stays; returns the number of all.
std::uint64_t add_units(const WeightMatrix& w, const PrunePattern& p, std::size_t tensor, std::vector<Unit>& units) {
  const Grid grid = grid_of(w, p);
  const auto begin = static_cast<std::ptrdiff_t>(units.size());
  for (std::uint64_t u = 0; u < grid.units(); ++u) units.push_back({score(w, grid, p, u), tensor, u});
  if (grid.units() > 0) units.erase(std::max_element(units.begin() + begin, units.end()));
  return grid.units();
}

void zero_smallest(std::span<const WeightMatrix> weights, const PrunePattern& p, double share, std::size_t first, std::size_t count,
                   std::vector<Mask>& masks) {
  std::vector<Unit> units;
  std::uint64_t all = 0;
  for (std::size_t t = first; t < first + count; ++t) all += add_units(weights[t], p, t, units);
  const auto wanted = static_cast<std::size_t>(std::llround(share * static_cast<double>(all)));
  const auto zeros = static_cast<std::ptrdiff_t>(std::min(wanted, units.size()));
  std::nth_element(units.begin(), units.begin() + zeros, units.end());
  for (auto unit = units.begin(); unit != units.begin() + zeros; ++unit)
    grid_of(weights[unit->tensor], p).for_each(unit->number, [&](std::uint64_t i) { masks[unit->tensor][i] = 0; });
}

/// The weights of each column in groups of `m`: the `n` smallest of each are zero.
void zero_n_of_m(const WeightMatrix& w, std::uint64_t n, std::uint64_t m, Mask& mask) {
  std::vector<std::pair<double, std::uint64_t>> group;
  for (std::uint64_t c = 0; c < w.cols; ++c)
    for (std::uint64_t top = 0; top < w.rows; top += m) {
      group.clear();
      for (std::uint64_t r = top; r < std::min(top + m, w.rows); ++r) {
        const double size = std::abs(w.values[r * w.cols + c]);
        group.emplace_back(std::isnan(size) ? std::numeric_limits<double>::infinity() : size, r * w.cols + c);
      }
      std::ranges::sort(group);
      const std::uint64_t missing = m - group.size(), zeros = n > missing ? n - missing : 0;
      for (std::uint64_t k = 0; k < zeros; ++k) mask[group[k].second] = 0;
    }
}

}  // namespace

std::vector<Mask> choose_masks(std::span<const WeightMatrix> weights, const PrunePattern& p, double share) {
  std::vector<Mask> masks;
  for (const WeightMatrix& w : weights) masks.emplace_back(w.values.size(), 1);
  if (p.form == PruneForm::n_of_m) {
    for (std::size_t t = 0; t < weights.size(); ++t) zero_n_of_m(weights[t], p.rows, p.columns, masks[t]);
  } else if (p.global) {
    zero_smallest(weights, p, share, 0, weights.size(), masks);
  } else {
    for (std::size_t t = 0; t < weights.size(); ++t) zero_smallest(weights, p, share, t, 1, masks);
  }
  return masks;
}

std::uint64_t count_zeros(const Mask& mask) { return static_cast<std::uint64_t>(std::ranges::count(mask, std::uint8_t{0})); }

}  // namespace ingot::runtime
