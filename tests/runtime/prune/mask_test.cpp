// Masks against brute force: every way to count which units are smaller, one unit at a time.
#include <ingot/runtime/prune/mask.hpp>

#include <catch2/catch.hpp>

#include <cmath>
#include <map>
#include <random>

using namespace ingot::runtime;

namespace {

struct Tensor {
  std::uint64_t rows, cols;
  std::vector<double> values;
};

Tensor random_tensor(std::mt19937& random, std::uint64_t rows, std::uint64_t cols) {
  Tensor t{rows, cols, {}};
  std::uniform_int_distribution<int> value(-6, 6);  // few values: many are equal
  for (std::uint64_t i = 0; i < rows * cols; ++i) t.values.push_back(0.25 * value(random));
  return t;
}

/// The unit that weight (r, c) belongs to, and what units are compared by, written once more without the grid.
std::pair<std::uint64_t, std::uint64_t> unit_of(const PrunePattern& p, std::uint64_t r, std::uint64_t c) {
  if (p.form == PruneForm::block) return {r / p.rows, c / p.columns};
  return p.form == PruneForm::filters ? std::pair<std::uint64_t, std::uint64_t>{0, c} : std::pair{r, c};
}

struct Scored {
  double score;
  std::size_t tensor;
  std::pair<std::uint64_t, std::uint64_t> at;
  auto operator<=>(const Scored&) const = default;
};

std::vector<Scored> scored_units(const Tensor& t, const PrunePattern& p, std::size_t tensor) {
  std::map<std::pair<std::uint64_t, std::uint64_t>, std::vector<double>> members;
  for (std::uint64_t r = 0; r < t.rows; ++r)
    for (std::uint64_t c = 0; c < t.cols; ++c) members[unit_of(p, r, c)].push_back(std::abs(t.values[r * t.cols + c]));
  std::vector<Scored> units;
  for (const auto& [at, sizes] : members) {
    double sum = 0, largest = 0;
    for (const double s : sizes) {
      sum += p.form == PruneForm::filters ? s * s : s;
      largest = std::max(largest, s);
    }
    const double mean = sum / static_cast<double>(sizes.size());
    units.push_back({p.by_largest ? largest : p.form == PruneForm::filters ? std::sqrt(mean) : mean, tensor, at});
  }
  return units;
}

/// Sorted whole, the largest of each tensor set aside: the first round(share * units) are pruned.
std::vector<Mask> brute_force(const std::vector<Tensor>& tensors, const PrunePattern& p, double share) {
  std::vector<Mask> masks;
  std::vector<std::vector<Scored>> pools(p.global ? 1 : tensors.size());
  std::vector<std::size_t> count(pools.size(), 0);
  for (std::size_t t = 0; t < tensors.size(); ++t) {
    masks.emplace_back(tensors[t].values.size(), 1);
    std::vector<Scored> units = scored_units(tensors[t], p, t);
    std::sort(units.begin(), units.end());
    const std::size_t pool = p.global ? 0 : t;
    count[pool] += units.size();
    units.pop_back();
    pools[pool].insert(pools[pool].end(), units.begin(), units.end());
  }
  for (std::size_t k = 0; k < pools.size(); ++k) {
    std::sort(pools[k].begin(), pools[k].end());
    const auto zeros = std::min(pools[k].size(), static_cast<std::size_t>(std::floor(share * static_cast<double>(count[k]) + 0.5)));
    for (std::size_t u = 0; u < zeros; ++u) {
      const Scored& unit = pools[k][u];
      const Tensor& t = tensors[unit.tensor];
      for (std::uint64_t r = 0; r < t.rows; ++r)
        for (std::uint64_t c = 0; c < t.cols; ++c)
          if (unit_of(p, r, c) == unit.at) masks[unit.tensor][r * t.cols + c] = 0;
    }
  }
  return masks;
}

std::vector<Mask> choose(const std::vector<Tensor>& tensors, const PrunePattern& p, double share) {
  std::vector<WeightMatrix> matrices;
  for (const Tensor& t : tensors) matrices.push_back({t.rows, t.cols, t.values});
  return choose_masks(matrices, p, share);
}

}  // namespace

TEST_CASE("masks of units are those of brute force", "[prune]") {
  std::mt19937 random(1);
  for (int round = 0; round < 60; ++round) {
    const std::vector<Tensor> tensors = {random_tensor(random, 1 + random() % 13, 1 + random() % 13),
                                         random_tensor(random, 1 + random() % 9, 1 + random() % 20)};
    for (const PrunePattern& p : {PrunePattern{PruneForm::unstructured}, PrunePattern{PruneForm::block, 4, 3},
                                  PrunePattern{PruneForm::block, 2, 5, true}, PrunePattern{PruneForm::filters}})
      for (const bool global : {false, true})
        for (const double share : {0.0, 0.1, 0.5, 0.8, 0.99}) {
          PrunePattern pattern = p;
          pattern.global = global;
          INFO("round " << round << " form " << static_cast<int>(p.form) << " global " << global << " share " << share);
          REQUIRE(choose(tensors, pattern, share) == brute_force(tensors, pattern, share));
        }
  }
}

TEST_CASE("the number of zeros is exact, and ties go to the smaller index", "[prune]") {
  const Tensor equal{2, 5, std::vector<double>(10, 0.5)};
  CHECK(choose({equal}, {PruneForm::unstructured}, 0.34)[0] == Mask{0, 0, 0, 1, 1, 1, 1, 1, 1, 1});
  CHECK(count_zeros(choose({equal}, {PruneForm::unstructured}, 0.999)[0]) == 9);
  CHECK(choose({Tensor{1, 1, {3}}}, {PruneForm::unstructured}, 0.9)[0] == Mask{1});
}

TEST_CASE("more zeros than asked for do not let all weights back", "[prune]") {
  // TensorFlow's threshold is 0 here, and its mask all ones
  CHECK(choose({Tensor{1, 6, {0, 0, 2, 0, 0, 1}}}, {PruneForm::unstructured}, 0.5)[0] == Mask{0, 0, 1, 0, 1, 1});
}

TEST_CASE("two of four along the input are zero, in columns that no multiple of four fills too", "[prune]") {
  const PrunePattern half{PruneForm::n_of_m, 2, 4};
  CHECK(choose({Tensor{4, 2, {1, -8, -2, 7, 3, 6, 4, 5}}}, half, 0)[0] == Mask{0, 1, 0, 1, 1, 0, 1, 0});
  CHECK(choose({Tensor{7, 1, {1, 1, 1, 1, 5, 4, 6}}}, half, 0)[0] == Mask{0, 0, 1, 1, 1, 0, 1});
  CHECK(choose({Tensor{5, 1, {4, 3, 2, 1, 0}}}, half, 0)[0] == Mask{1, 1, 0, 0, 1});
}

TEST_CASE("what is no number counts as the largest", "[prune]") {
  CHECK(choose({Tensor{1, 3, {std::nan(""), 1, 2}}}, {PruneForm::unstructured}, 0.5)[0] == Mask{1, 0, 0});
}
