#include <ingot/runtime/data/hash.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cstring>

namespace ingot::runtime {
namespace {

constexpr std::uint64_t prime1 = 0x9E3779B185EBCA87u, prime2 = 0xC2B2AE3D27D4EB4Fu, prime3 = 0x165667B19E3779F9u,
                        prime4 = 0x85EBCA77C2B2AE63u, prime5 = 0x27D4EB2F165667C5u;

static_assert(std::endian::native == std::endian::little, "words are read as little-endian");
template <class Word>
std::uint64_t load(const unsigned char* at) {
  Word word;
  std::memcpy(&word, at, sizeof word);
  return word;
}

std::uint64_t round(std::uint64_t lane, std::uint64_t input) { return std::rotl(lane + input * prime2, 31) * prime1; }
std::uint64_t merge(std::uint64_t hash, std::uint64_t lane) { return (hash ^ round(0, lane)) * prime1 + prime4; }

void consume(std::array<std::uint64_t, 4>& lanes, const unsigned char* block) {
  for (std::size_t i = 0; i < 4; ++i) lanes[i] = round(lanes[i], load<std::uint64_t>(block + 8 * i));
}

}  // namespace

ContentHash::ContentHash(std::uint64_t seed) : lanes_{seed + prime1 + prime2, seed + prime2, seed, seed - prime1}, seed_(seed) {}

ContentHash& ContentHash::add(const void* data, std::size_t bytes) {
  const auto* at = static_cast<const unsigned char*>(data);
  total_ += bytes;
  if (rest_bytes_ > 0) {
    const std::size_t taken = std::min(bytes, rest_.size() - rest_bytes_);
    std::copy_n(at, taken, rest_.data() + rest_bytes_);
    rest_bytes_ += taken, at += taken, bytes -= taken;
    if (rest_bytes_ < rest_.size()) return *this;
    consume(lanes_, rest_.data());
    rest_bytes_ = 0;
  }
  for (; bytes >= rest_.size(); at += rest_.size(), bytes -= rest_.size()) consume(lanes_, at);
  std::copy_n(at, bytes, rest_.data());
  rest_bytes_ = bytes;
  return *this;
}

ContentHash& ContentHash::add_number(std::uint64_t number) { return add(&number, sizeof number); }

std::uint64_t ContentHash::digest() const {
  std::uint64_t hash = seed_ + prime5;
  if (total_ >= rest_.size()) {
    hash = std::rotl(lanes_[0], 1) + std::rotl(lanes_[1], 7) + std::rotl(lanes_[2], 12) + std::rotl(lanes_[3], 18);
    for (const std::uint64_t lane : lanes_) hash = merge(hash, lane);
  }
  hash += total_;
  const unsigned char *at = rest_.data(), *end = at + rest_bytes_;
  for (; end - at >= 8; at += 8) hash = std::rotl(hash ^ round(0, load<std::uint64_t>(at)), 27) * prime1 + prime4;
  for (; end - at >= 4; at += 4) hash = std::rotl(hash ^ load<std::uint32_t>(at) * prime1, 23) * prime2 + prime3;
  for (; at < end; ++at) hash = std::rotl(hash ^ *at * prime5, 11) * prime1;
  hash = (hash ^ hash >> 33) * prime2;
  hash = (hash ^ hash >> 29) * prime3;
  return hash ^ hash >> 32;
}

std::string hash_text(std::uint64_t digest) { return fmt::format("{:016x}", digest); }

}  // namespace ingot::runtime
