// Orientation tags, intact and damaged.
#include "image/exif.hpp"

#include <catch2/catch.hpp>

#include <random>
#include <string>

using namespace ingot::runtime;

namespace {

Orientation orientation(const std::string& tiff) { return exif_orientation(std::as_bytes(std::span(tiff))); }

// One entry behind the head, in the order of `big`.
std::string block(bool big, unsigned tag, unsigned type, unsigned value) {
  const auto number = [&](unsigned x, int bytes) {
    std::string text;
    for (int i = 0; i < bytes; ++i) text += static_cast<char>(x >> 8 * (big ? bytes - 1 - i : i));
    return text;
  };
  return (big ? "MM" : "II") + number(42, 2) + number(8, 4) + number(1, 2) + number(tag, 2) + number(type, 2) + number(1, 4) +
         number(value, 2) + number(0, 2) + number(0, 4);
}

}  // namespace

TEST_CASE("the orientation in both byte orders") {
  for (unsigned value = 1; value <= 8; ++value)
    for (const bool big : {false, true}) CHECK(orientation(block(big, 0x0112, 3, value)) == static_cast<Orientation>(value));
}

TEST_CASE("everything else is upright") {
  for (const unsigned value : {0u, 9u, 256u, 65535u}) CHECK(orientation(block(true, 0x0112, 3, value)) == Orientation::upright);
  CHECK(orientation(block(true, 0x0112, 4, 6)) == Orientation::upright);
  CHECK(orientation(block(true, 0x0100, 3, 6)) == Orientation::upright);
  CHECK(orientation("") == Orientation::upright);
  CHECK(orientation("XX" + block(true, 0x0112, 3, 6).substr(2)) == Orientation::upright);
  std::string far = block(false, 0x0112, 3, 6);
  for (const std::size_t at : {4, 5, 6, 7}) far[at] = '\xFF';
  CHECK(orientation(far) == Orientation::upright);
}

TEST_CASE("damaged blocks are read within their end") {
  const std::string good = block(false, 0x0112, 3, 6);
  std::mt19937 random(5);
  for (int i = 0; i < 20000; ++i) {
    std::string bad = good.substr(0, random() % (good.size() + 1));
    for (unsigned changes = random() % 4; changes > 0 && !bad.empty(); --changes) bad[random() % bad.size()] = static_cast<char>(random());
    const auto value = static_cast<int>(orientation(bad));
    REQUIRE((value >= 1 && value <= 8));
  }
}
