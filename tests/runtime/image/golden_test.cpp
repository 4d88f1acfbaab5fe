// Pixels against TensorFlow's decode_image and image.resize, on the committed files (tests/golden/images/make.py).
#include <catch2/catch.hpp>
#include <ingot/runtime/data/mapped_file.hpp>
#include <ingot/runtime/data/npy.hpp>
#include <ingot/runtime/image/decode.hpp>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <vector>

using namespace ingot::runtime;

TEST_CASE("pixels are TensorFlow's") {
  const std::filesystem::path folder = GOLDEN_IMAGES;
  const auto expected = read_npz(folder / "expected.npz");
  REQUIRE(expected.size() > 60);
  for (const NamedArray& want : expected) {
    char file[64] = "", antialias = ' ';
    ImageFormat format;
    REQUIRE(std::sscanf(want.name.c_str(), "%63[^@]@%ux%ux%u%c", file, &format.height, &format.width, &format.channels, &antialias) >= 4);
    format.antialias = antialias == 'a';
    REQUIRE(want.array.bytes() == format.bytes());
    std::vector<std::uint8_t> pixels(format.bytes());
    decode_image(MappedFile::open(folder / file)->bytes(), file, format, pixels.data());
    const auto* theirs = reinterpret_cast<const std::uint8_t*>(want.array.data.get());
    int worst = 0, different = 0;
    for (std::size_t i = 0; i < pixels.size(); ++i) {
      worst = std::max(worst, std::abs(int{pixels[i]} - int{theirs[i]}));
      different += pixels[i] != theirs[i] ? 1 : 0;
    }
    INFO(want.name << ": " << different << " of " << pixels.size() << " bytes differ");
    CHECK(worst <= 1);  // sums that end in one half may be rounded the other way
    CHECK(different <= static_cast<int>(pixels.size() / 20));
  }
}
