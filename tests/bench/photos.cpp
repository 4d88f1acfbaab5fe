// Writes JPEGs for the decoding figure: COUNT images of 300 x 300 in two classes, with the detail of photographs (about 25 KB each).
//
// usage: photos FOLDER COUNT
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <random>
#include <string>
#include <vector>

// It needs <cstdio> before it.
#include <jpeglib.h>

namespace {

constexpr int side = 300, quality = 90;

std::vector<JSAMPLE> picture(unsigned seed) {
  std::mt19937 random(seed);
  const auto unit = [&] { return static_cast<double>(random()) / 4294967296.0; };
  const double fx = 0.02 + 0.1 * unit(), fy = 0.02 + 0.1 * unit(), phase = 6 * unit(), radius = 40 + 90 * unit();
  std::vector<JSAMPLE> pixels;
  for (int y = 0; y < side; ++y)
    for (int x = 0; x < side; ++x) {
      const double wave = std::sin(fx * x + phase) * std::cos(fy * y), texture = 18 * (unit() - 0.5);
      const bool inside = std::hypot(x - 150, y - 130) < radius;
      const double base[] = {120 + 90 * wave, 100 + 60 * wave + (inside ? 60 : 0), inside ? 190.0 : 60 + 0.3 * y};
      for (const double value : base) pixels.push_back(static_cast<JSAMPLE>(std::fmin(255, std::fmax(0, value + texture))));
    }
  return pixels;
}

bool write_jpeg(const std::string& path, std::vector<JSAMPLE> pixels) {
  std::FILE* file = std::fopen(path.c_str(), "wb");
  if (file == nullptr) return false;
  jpeg_compress_struct info{};
  jpeg_error_mgr errors{};
  info.err = jpeg_std_error(&errors);
  jpeg_create_compress(&info);
  jpeg_stdio_dest(&info, file);
  info.image_width = info.image_height = side;
  info.input_components = 3;
  info.in_color_space = JCS_RGB;
  jpeg_set_defaults(&info);
  jpeg_set_quality(&info, quality, TRUE);
  jpeg_start_compress(&info, TRUE);
  while (info.next_scanline < info.image_height) {
    JSAMPROW row = pixels.data() + std::size_t{info.next_scanline} * side * 3;
    jpeg_write_scanlines(&info, &row, 1);
  }
  jpeg_finish_compress(&info);
  jpeg_destroy_compress(&info);
  return std::fclose(file) == 0;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) {
    std::fprintf(stderr, "usage: photos FOLDER COUNT\n");
    return 2;
  }
  const std::filesystem::path folder = argv[1];
  for (unsigned i = 0; i < std::strtoul(argv[2], nullptr, 10); ++i) {
    const std::filesystem::path place = folder / (i % 2 ? "odd" : "even");
    std::filesystem::create_directories(place);
    if (!write_jpeg((place / (std::to_string(i) + ".jpg")).string(), picture(i))) {
      std::fprintf(stderr, "photos: cannot write to %s\n", place.c_str());
      return 1;
    }
  }
  return 0;
}
