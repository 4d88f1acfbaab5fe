// Reads a folder of images through a cache file, as the epochs of `train` do, without anything that uses them.
//
// usage: caching FOLDER HEIGHT WIDTH THREADS PASSES CACHE_DIR     prints "images_per_s N" of each pass; the first fills the cache
#include <ingot/runtime/data/batch_source.hpp>
#include <ingot/runtime/data/error.hpp>
#include <ingot/runtime/data/load.hpp>

#include <chrono>
#include <cstdio>
#include <cstdlib>

using namespace ingot::runtime;

int main(int argc, char** argv) {
  if (argc != 7) {
    std::fprintf(stderr, "usage: caching FOLDER HEIGHT WIDTH THREADS PASSES CACHE_DIR\n");
    return 2;
  }
  const auto number = [&](int i) { return static_cast<std::uint32_t>(std::strtoul(argv[i], nullptr, 10)); };
  try {
    const ModelPorts ports{"caching", {{"pixels", INGOT_U8, {number(2), number(3), 3}, 0}}, {{"scores", INGOT_I32, {}, 2}}};
    LoadOptions options;
    options.images.threads = number(4);
    options.images.cache = {RowCacheKind::file, argv[6]};
    const auto loading = std::chrono::steady_clock::now();
    const Dataset images = load_dataset(argv[1], ports, options).train;
    BatchSource source(images, {.batch = 32, .force_staging = true});
    for (std::uint32_t pass = 0; pass < number(5); ++pass) {
      // The first epoch pays for looking at the files.
      const auto begin = pass == 0 ? loading : std::chrono::steady_clock::now();
      source.start(2 * pass);  // not the epoch that is being prepared already
      while (source.next() != nullptr) {
      }
      const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
      std::printf("images_per_s %.1f\n", static_cast<double>(images.rows()) / seconds);
    }
  } catch (const Error& error) {
    std::fprintf(stderr, "caching: %s\n", error.what());
    return 1;
  }
  return 0;
}
