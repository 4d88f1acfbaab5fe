// JPEG files against libjpeg alone, bit for bit: files that other encoders may write, and damaged ones.
#include "runtime/data/support.hpp"
#include "support.hpp"

#include <catch2/catch.hpp>
#include <ingot/runtime/image/decode.hpp>

using namespace ingot::runtime;
using namespace ingot::runtime::testing;

namespace {

// Pixels at the size of the file, which resizing leaves alone; empty when the file is refused.
std::vector<std::uint8_t> ours(const std::string& file, const DecodedJpeg& size) {
  std::vector<std::uint8_t> pixels(size.pixels.size());
  const std::string sentence = refusal(
      [&] { decode_image(std::as_bytes(std::span(file)), "photo", {size.height, size.width, size.channels, false}, pixels.data()); });
  return sentence.empty() ? pixels : std::vector<std::uint8_t>();
}

JpegOptions random_options(std::mt19937& random) {
  JpegOptions options;
  options.height = 1 + random() % 70;
  options.width = 1 + random() % 70;
  options.grey = random() % 4 == 0;
  options.horizontal = 1 + static_cast<int>(random() % 2);
  options.vertical = 1 + static_cast<int>(random() % 2);
  options.quality = 1 + static_cast<int>(random() % 100);
  options.optimized = random() % 2 == 0;
  options.progressive = random() % 8 == 0;
  options.restart_interval = random() % 3 == 0 ? 1 + random() % 12 : 0;
  options.noise = static_cast<int>(random() % 200);
  return options;
}

}  // namespace

TEST_CASE("files of every kind have libjpeg's pixels") {
  std::mt19937 random(31);
  for (int round = 0; round < 400; ++round) {
    const JpegOptions options = random_options(random);
    const std::string file = jpeg_file(options, random());
    const DecodedJpeg wanted = decoded_by_libjpeg(file, random() % 4 == 0 ? 1 : 3);
    INFO(options.width << "x" << options.height << ", quality " << options.quality << ", restart interval " << options.restart_interval);
    REQUIRE(!wanted.pixels.empty());
    REQUIRE(ours(file, wanted) == wanted.pixels);
  }
}

TEST_CASE("damage is repaired as libjpeg repairs it") {
  std::mt19937 random(32);
  std::size_t repaired = 0;
  for (int round = 0; round < 1500; ++round) {
    JpegOptions options = random_options(random);
    options.progressive = false;
    std::string file = jpeg_file(options, random());
    const std::size_t scan = file.find("\xFF\xDA") + 2;
    for (unsigned change = 0; change < 1 + random() % 3; ++change)
      file[scan + random() % (file.size() - scan)] = static_cast<char>(random());
    const DecodedJpeg wanted = decoded_by_libjpeg(file, 3);
    if (wanted.pixels.empty()) continue;
    ++repaired;
    REQUIRE(ours(file, wanted) == wanted.pixels);
  }
  CHECK(repaired > 500);
}
