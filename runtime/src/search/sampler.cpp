#include <ingot/runtime/search/sampler.hpp>

#include <ingot/runtime/data/random.hpp>

namespace ingot::runtime {
namespace {

// The last word of a counter names its purpose, so that no two uses share random bits (random.hpp).
constexpr std::uint32_t permutation_stream = 0x5045524D, value_stream = 0x56414C55, seed_stream = 0x53454544;

constexpr unsigned feistel_rounds = 12;

// Repeated points in a row after which a finite space is continued by the permutation, an unlimited one takes what it has.
constexpr int patience = 256;

std::uint32_t low(std::uint64_t x) { return static_cast<std::uint32_t>(x); }
std::uint32_t high(std::uint64_t x) { return static_cast<std::uint32_t>(x >> 32); }

bool any_log(const Space& space) {
  for (std::size_t i = 0; i < space.count(); ++i)
    if (space.hp(i).log && space.values(i) != 1) return true;
  return false;
}

}  // namespace

KeyedPermutation::KeyedPermutation(std::uint64_t size, std::uint64_t key) : size_(size), key_(key) {
  while (half_bits_ < 32 && (std::uint64_t{1} << (2 * half_bits_)) < size) ++half_bits_;
}

std::uint64_t KeyedPermutation::operator()(std::uint64_t i) const {
  const std::uint64_t mask = (std::uint64_t{1} << half_bits_) - 1;
  do {  // at most 4 times size_ numbers are in the network's range, so this ends soon
    std::uint64_t left = i >> half_bits_, right = i & mask;
    for (unsigned round = 0; round < feistel_rounds; ++round) {
      const std::uint64_t mixed = philox({low(right), round, low(size_), permutation_stream}, key_)[0];
      const std::uint64_t next = left ^ (mixed & mask);
      left = right;
      right = next;
    }
    i = left << half_bits_ | right;
  } while (i >= size_);
  return i;
}

Sampler::Sampler(const Space& space, std::uint64_t seed) : space_(&space), seed_(seed), stream_(!space.size() || any_log(space)) {}

std::optional<Point> Sampler::point(std::uint64_t k) {
  if (space_->size() && k >= *space_->size()) return std::nullopt;
  if (!stream_) return space_->point(KeyedPermutation(*space_->size(), seed_)(k));
  while (drawn_.size() <= k) drawn_.push_back(next());
  return drawn_[k];
}

Point Sampler::next() {
  for (int repeats = 0; repeats < patience; ++repeats) {
    const Point candidate = draw(attempt_++);
    if (remember(candidate)) return candidate;
  }
  if (!space_->size()) return draw(attempt_++);
  const KeyedPermutation permutation(*space_->size(), seed_);
  for (;;) {  // `point` asks for no more than there are
    const Point candidate = space_->point(permutation(walked_++));
    if (remember(candidate)) return candidate;
  }
}

bool Sampler::remember(const Point& point) { return seen_.emplace(point.values().begin(), point.values().end()).second; }

Point Sampler::draw(std::uint64_t attempt) const {
  Point point = space_->initial();
  for (std::size_t i = 0; i < space_->count(); ++i) {
    const auto words = philox({low(attempt), high(attempt), static_cast<std::uint32_t>(i), value_stream}, seed_);
    point.set(i, space_->quantile(i, unit_interval(words[0], words[1])));
  }
  return space_->canonical(point);
}

std::uint64_t trial_seed(std::uint64_t seed, std::uint64_t trial, std::uint32_t execution) {
  const auto words = philox({low(trial), high(trial), execution, seed_stream}, seed);
  return std::uint64_t{words[0]} << 32 | words[1];
}

}  // namespace ingot::runtime
