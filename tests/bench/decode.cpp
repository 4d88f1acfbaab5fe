// Decodes a folder of images to one size, as `train` does once per epoch when images are not kept in memory.
//
// usage: decode FOLDER HEIGHT WIDTH THREADS PASSES     prints "images_per_s N" of each pass
#include <ingot/runtime/data/batch_source.hpp>
#include <ingot/runtime/data/error.hpp>
#include <ingot/runtime/data/images.hpp>

#include <chrono>
#include <cstdio>
#include <cstdlib>

using namespace ingot::runtime;

int main(int argc, char** argv) {
  if (argc != 6) {
    std::fprintf(stderr, "usage: decode FOLDER HEIGHT WIDTH THREADS PASSES\n");
    return 2;
  }
  const auto number = [&](int i) { return static_cast<std::uint32_t>(std::strtoul(argv[i], nullptr, 10)); };
  try {
    const ModelPorts ports{"decode", {{"pixels", INGOT_U8, {number(2), number(3), 3}, 0}}, {}};
    ImageOptions options;
    options.memory_limit = 0;
    options.threads = number(4);
    const Dataset images = load_images({argv[1]}, ports, options).rows;
    BatchSource source(images, {.batch = 32, .shuffle = false});
    for (std::uint32_t pass = 0; pass < number(5); ++pass) {
      const auto begin = std::chrono::steady_clock::now();
      source.start(2 * pass);  // not the epoch that is being prepared already
      while (source.next() != nullptr) {
      }
      const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
      std::printf("images_per_s %.1f\n", static_cast<double>(images.rows()) / seconds);
    }
  } catch (const Error& error) {
    std::fprintf(stderr, "decode: %s\n", error.what());
    return 1;
  }
  return 0;
}
