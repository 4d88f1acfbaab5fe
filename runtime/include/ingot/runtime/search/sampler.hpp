// Random search: trial k's point depends on (space, seed, k) only, never on results, threads or restarts.
//
// A finite space is drawn without replacement: a keyed permutation of the point numbers (a Feistel network over the next power of
// four, cycle-walking back into the range: Black and Rogaway 2002), so that after size() trials every point was seen once.
// Where a hyper-parameter is continuous or log-distributed, every attempt a draws each value from Philox counter (a, hyper-parameter);
// attempts that repeat an earlier point are skipped, and a finite space falls back on the permutation when attempts keep repeating.
#pragma once
#include <ingot/runtime/search/space.hpp>

#include <set>

namespace ingot::runtime {

/// A permutation of 0 .. size-1 chosen by `key`: a bijection computed point by point, without a table.
class KeyedPermutation {
 public:
  KeyedPermutation(std::uint64_t size, std::uint64_t key);
  [[nodiscard]] std::uint64_t operator()(std::uint64_t i) const;

 private:
  std::uint64_t size_, key_;
  unsigned half_bits_ = 1;
};

/// Not thread-safe: it remembers the points drawn so far.
class Sampler {
 public:
  /// Keeps a reference to the space.
  Sampler(const Space& space, std::uint64_t seed);
  /// The point of trial k, from 0. Nothing: a finite space has no further point.
  std::optional<Point> point(std::uint64_t k);

 private:
  Point next();
  [[nodiscard]] Point draw(std::uint64_t attempt) const;
  bool remember(const Point& point);

  const Space* space_;
  std::uint64_t seed_;
  bool stream_;  // values are drawn one by one; otherwise whole points by the permutation
  std::vector<Point> drawn_;
  std::set<std::vector<double>> seen_;
  std::uint64_t attempt_ = 0, walked_ = 0;
};

/// The seed of one training run of a trial: a function of (seed, trial, execution).
std::uint64_t trial_seed(std::uint64_t seed, std::uint64_t trial, std::uint32_t execution);

}  // namespace ingot::runtime
