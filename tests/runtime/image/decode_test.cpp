// What is refused, with its sentence, and what memory a file may cost.
#include <ingot/runtime/image/decode.hpp>

#include "runtime/data/support.hpp"
#include "support.hpp"

#include <catch2/catch.hpp>

#include <cstring>

using namespace ingot::runtime;
using namespace ingot::runtime::testing;
using Catch::Matchers::Contains;

namespace {

std::vector<std::uint8_t> decoded(const std::string& file, const ImageFormat& format) {
  std::vector<std::uint8_t> pixels(format.bytes());
  decode_image(std::as_bytes(std::span(file)), "photo", format, pixels.data());
  return pixels;
}

std::string refused(const std::string& file) {
  return refusal([&] { decoded(file, {4, 4, 3, false}); });
}

// The header of a PNG says another size; its checksum is right.
std::string png_of_claimed_size(std::uint32_t side) {
  std::string file = grey_png(2, 2, 9);
  for (const std::size_t at : {16, 20})
    for (std::size_t i = 0; i < 4; ++i) file[at + i] = static_cast<char>(side >> (24 - 8 * i));
  std::uint32_t crc = 0xFFFFFFFF;
  for (std::size_t i = 12; i < 29; ++i) {
    crc ^= static_cast<std::uint8_t>(file[i]);
    for (int bit = 0; bit < 8; ++bit) crc = crc >> 1 ^ (crc & 1 ? 0xEDB88320 : 0);
  }
  for (std::size_t i = 0; i < 4; ++i) file[29 + i] = static_cast<char>(~crc >> (24 - 8 * i));
  return file;
}

}  // namespace

TEST_CASE("files that are no complete image are refused by name") {
  CHECK(refused("") == "photo is empty; replace or remove it");
  CHECK(refused("GIF89a") == "photo is neither JPEG nor PNG; convert or remove it");
  const std::string jpeg = golden_image("420.jpg"), png = golden_image("rgb.png");
  CHECK_THAT(refused(jpeg.substr(0, jpeg.size() / 2)), Contains("photo is no complete JPEG image (byte ") && Contains("Premature end"));
  CHECK_THAT(refused(jpeg.substr(0, 40)), Contains("photo is no complete JPEG image (byte "));
  CHECK_THAT(refused(png.substr(0, png.size() / 2)), Contains("photo is no complete PNG image (byte ") && Contains("ends too early"));
  std::string wrong = png;
  wrong[png.size() / 2] = static_cast<char>(wrong[png.size() / 2] ^ 1);
  CHECK_THAT(refused(wrong), Contains("photo is no complete PNG image (byte "));
}

TEST_CASE("the ends of a file tell whether it is complete") {
  const auto probe = [](const std::string& file) { return probe_image(std::as_bytes(std::span(file)), "photo"); };
  for (const char* name : {"420.jpg", "progressive.jpg", "exif6.jpg", "rgb.png", "interlaced.png"}) {
    const std::string whole = golden_image(name);
    CHECK(probe(whole));
    CHECK(probe(whole + std::string(1000, '\0')));
    CHECK_FALSE(probe(whole.substr(0, whole.size() - 10)));
  }
  CHECK_THROWS_WITH(probe(""), "photo is empty; replace or remove it");
  CHECK_THROWS_WITH(probe(cmyk_jpeg()), "photo is a CMYK image; convert it to RGB");
  CHECK_THROWS_WITH(probe(golden_image("rgb.png").substr(0, 20)), Contains("photo is no complete PNG image"));
}

TEST_CASE("CMYK is refused") { CHECK(refused(cmyk_jpeg()) == "photo is a CMYK image; convert it to RGB"); }

TEST_CASE("a header cannot claim more pixels than the file can hold") {
  CHECK_THAT(refused(png_of_claimed_size(8000)), Contains("photo is damaged: its ") && Contains("cannot hold 8000 x 8000 pixels"));
  CHECK_THAT(refused(png_of_claimed_size(20000)), Contains("photo is an image of 20000 x 20000 pixels, at most 268435456"));
  std::string jpeg = golden_image("420.jpg");
  const std::size_t frame = jpeg.find("\xFF\xC0");
  REQUIRE(frame != std::string::npos);
  for (const std::size_t at : {5, 6, 7, 8}) jpeg[frame + at] = '\x20';
  CHECK_THAT(refused(jpeg), Contains("photo is damaged: its ") && Contains("cannot hold 8224 x 8224 pixels"));
}

TEST_CASE("small images grow, single rows and columns too") {
  CHECK(decoded(grey_png(1, 1, 77), {3, 5, 3, false}) == std::vector<std::uint8_t>(45, 77));
  CHECK(decoded(png_file(1, 2, 1, {0, 100}), {1, 4, 1, false}) == std::vector<std::uint8_t>{0, 25, 75, 100});
  CHECK(decoded(png_file(2, 1, 1, {0, 100}), {4, 1, 1, true}) == std::vector<std::uint8_t>{0, 25, 75, 100});
  CHECK(decoded(grey_png(300, 2, 200), {1, 1, 1, true}) == std::vector<std::uint8_t>{200});
}

TEST_CASE("files of the size that is wanted are not touched") {
  std::vector<std::uint8_t> pixels(5 * 7 * 3);
  for (std::size_t i = 0; i < pixels.size(); ++i) pixels[i] = static_cast<std::uint8_t>(i * 37);
  CHECK(decoded(png_file(5, 7, 3, pixels), {5, 7, 3, false}) == pixels);
  CHECK(decoded(png_file(5, 7, 3, pixels), {5, 7, 3, true}) == pixels);
}
