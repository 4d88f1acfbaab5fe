// Thousands of damaged images, always the same ones: a file is decoded or refused with a sentence; nothing crashes.
#include "runtime/data/support.hpp"
#include "support.hpp"

#include <catch2/catch.hpp>
#include <ingot/runtime/image/decode.hpp>

using namespace ingot::runtime;
using namespace ingot::runtime::testing;

namespace {

constexpr std::size_t rounds = 1500;

void fuzz(const std::string& name) {
  const std::string content = golden_image(name);
  std::mt19937 random(20240917);
  std::size_t read = 0, refused = 0;
  const auto once = [&](const std::string& text) {
    const ImageFormat format{9, 7, random() % 2 ? 1u : 3u, random() % 2 == 0};
    std::vector<std::uint8_t> pixels(format.bytes());
    const std::string sentence = refusal([&] { decode_image(std::as_bytes(std::span(text)), name, format, pixels.data()); });
    if (!sentence.empty()) REQUIRE(sentence.find(name) != std::string::npos);
    // What a look at both ends refuses cannot be decoded.
    if (!refusal([&] { (void)probe_image(std::as_bytes(std::span(text)), name); }).empty()) REQUIRE_FALSE(sentence.empty());
    ++(sentence.empty() ? read : refused);
  };
  once(content);
  REQUIRE(read == 1);
  for (std::size_t length = 0; length < content.size(); length += 1 + content.size() / 300) once(content.substr(0, length));
  for (std::size_t i = 0; i < rounds; ++i) once(mutate(content, random));
  CHECK(refused > 0);
}

}  // namespace

TEST_CASE("damaged JPEG") {
  for (const char* name : {"420.jpg", "444.jpg", "progressive.jpg", "grey.jpg", "exif6.jpg"}) fuzz(name);
}

TEST_CASE("damaged PNG") {
  for (const char* name : {"rgb.png", "palette_alpha.png", "one_bit.png", "interlaced.png", "rgb16.png", "exif6.png"}) fuzz(name);
}
