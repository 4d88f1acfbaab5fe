#include <ingot/runtime/search/sampler.hpp>

#include "runtime/search/spaces.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <cmath>
#include <set>

using namespace ingot::runtime;
using spaces::Builder;

namespace {

std::vector<double> values_of(const Point& point) { return {point.values().begin(), point.values().end()}; }

std::vector<std::vector<double>> first_points(const Space& space, std::uint64_t seed, std::uint64_t n) {
  Sampler sampler(space, seed);
  std::vector<std::vector<double>> points;
  for (std::uint64_t k = 0; k < n; ++k) points.push_back(values_of(*sampler.point(k)));
  return points;
}

}  // namespace

TEST_CASE("the keyed permutation is a bijection for any size") {
  for (const std::uint64_t size : {1ull, 2ull, 3ull, 4ull, 5ull, 16ull, 17ull, 48ull, 1000ull, 4097ull}) {
    const KeyedPermutation permutation(size, 42);
    std::set<std::uint64_t> seen;
    for (std::uint64_t i = 0; i < size; ++i) seen.insert(permutation(i));
    CHECK(seen.size() == size);
    CHECK(*seen.rbegin() == size - 1);
  }
}

TEST_CASE("the keyed permutation stays in range at the largest sizes") {
  const std::uint64_t size = (std::uint64_t{1} << 62) + 12345;
  const KeyedPermutation permutation(size, 7);
  std::set<std::uint64_t> seen;
  for (std::uint64_t i = 0; i < 1000; ++i) seen.insert(permutation(i));
  CHECK(seen.size() == 1000);
  CHECK(*seen.rbegin() < size);
}

TEST_CASE("every key gives another order, and every place is equally likely") {
  // 20 places, 4000 keys: the first element is uniform; chi-squared with 19 degrees of freedom exceeds 50 with probability 1.4e-4.
  std::vector<int> counts(20, 0);
  for (std::uint64_t key = 0; key < 4000; ++key) ++counts[KeyedPermutation(20, key)(0)];
  double chi = 0;
  for (const int n : counts) chi += (n - 200.0) * (n - 200.0) / 200.0;
  CHECK(chi < 50);
}

TEST_CASE("a finite space is seen whole, each point once, in an order of the seed") {
  Builder b;
  b.integer("units", 32, 512, 32);
  b.choice("learning_rate", {1e-2, 1e-3, 1e-4}, INGOT_HP_CHOICE_REAL);
  const Space space(b.model());
  const auto points = first_points(space, 1, 48);
  CHECK(std::set<std::vector<double>>(points.begin(), points.end()).size() == 48);
  CHECK_FALSE(Sampler(space, 1).point(48));
  CHECK(points == first_points(space, 1, 48));
  CHECK(points != first_points(space, 2, 48));
}

TEST_CASE("a trial's point does not depend on which were asked for before") {
  Builder b;
  spaces::layered(b);
  b.real("momentum", 0.1, 0.9);
  const Space space(b.model());
  const auto points = first_points(space, 5, 20);
  Sampler sampler(space, 5);
  for (const std::uint64_t k : {13u, 2u, 19u, 0u, 7u}) CHECK(values_of(*sampler.point(k)) == points[k]);
}

TEST_CASE("the discrete part of an unlimited space is not repeated") {
  Builder b;
  const int drop = b.flag("drop");
  b.real("rate", 0.1, 0.5, 0, b.equals(drop, 1));
  const auto points = first_points(Space(b.model()), 3, 50);
  CHECK(std::set<std::vector<double>>(points.begin(), points.end()).size() == 50);
  CHECK(std::count_if(points.begin(), points.end(), [](const auto& p) { return p[0] == 0; }) == 1);
}

TEST_CASE("a logarithmic grid is drawn by its logarithm and still seen whole") {
  Builder b;
  b.integer("n", 1, 1000, 1, -1, true);
  const Space space(b.model());
  const auto points = first_points(space, 11, 1000);
  CHECK(std::set<std::vector<double>>(points.begin(), points.end()).size() == 1000);
  CHECK_FALSE(Sampler(space, 11).point(1000));
  // Of the first 30, about a third is below 10 in the logarithm; uniform drawing would give 0.3 of them.
  CHECK(std::count_if(points.begin(), points.begin() + 30, [](const auto& p) { return p[0] < 10; }) >= 4);
}

TEST_CASE("continuous values fill their range evenly in the scale they are drawn in") {
  Builder b;
  b.real("lr", 1e-4, 1e-1, 0, -1, true);
  b.real("rate", 0.0, 0.5);
  const auto points = first_points(Space(b.model()), 9, 3000);
  double log_mean = 0, mean = 0;
  for (const auto& p : points) {
    REQUIRE((p[0] >= 1e-4 && p[0] <= 1e-1 && p[1] >= 0 && p[1] <= 0.5));
    log_mean += std::log10(p[0]) / 3000;
    mean += p[1] / 3000;
  }
  CHECK(log_mean == Approx(-2.5).margin(0.06));  // standard error 0.016
  CHECK(mean == Approx(0.25).margin(0.01));      // 0.0026
}

TEST_CASE("training seeds differ between trials and executions") {
  std::set<std::uint64_t> seeds;
  for (std::uint64_t k = 0; k < 50; ++k)
    for (std::uint32_t e = 0; e < 3; ++e) seeds.insert(trial_seed(1, k, e));
  CHECK(seeds.size() == 150);
  CHECK(trial_seed(1, 4, 0) == trial_seed(1, 4, 0));
  CHECK(trial_seed(1, 4, 0) != trial_seed(2, 4, 0));
}
