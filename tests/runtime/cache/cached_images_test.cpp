// Image folders through a cache: same rows, decoded once, and what is said about files and limits.
#include "runtime/data/support.hpp"
#include "runtime/image/support.hpp"

#include <catch2/catch.hpp>
#include <ingot/runtime/cache/cache_file.hpp>
#include <ingot/runtime/data/atomic_file.hpp>
#include <ingot/runtime/data/batch_source.hpp>
#include <ingot/runtime/data/load.hpp>

#include <numeric>

using namespace ingot::runtime;
using namespace ingot::runtime::testing;
using Catch::Matchers::Contains;

namespace {

void add_photos(const std::filesystem::path& folder) {
  for (const char* name : {"a", "b"}) std::filesystem::create_directories(folder / name);
  const std::vector<std::string> photos{"420.jpg", "444.jpg", "progressive.jpg", "rgb.png"};
  for (int i = 0; i < 24; ++i) write_file(folder / (i % 2 ? "a" : "b") / (std::to_string(i) + ".jpg"), golden_image(photos[i % 4]));
  write_file(folder / "a/empty.jpg", "");
  write_file(folder / "a/half.jpg", golden_image("420.jpg").substr(0, 900));
  write_file(folder / "b/text.png", "hello");
}

LoadedData load(const std::filesystem::path& photos, RowCacheOptions cache, std::uint32_t height = 12,
                std::optional<std::uint64_t> memory = {}) {
  const ModelPorts ports{"toy", {{"pixels", INGOT_U8, {height, 10, 3}, 0}}, {{"scores", INGOT_I32, {}, 2}}};
  LoadOptions options;
  options.images.threads = 2;
  options.images.cache = std::move(cache);
  options.images.memory_limit = memory;
  return load_dataset(photos, ports, options);
}

RowCacheOptions in_folder(const TemporaryFolder& folder, std::uint64_t limit = default_cache_limit) {
  return {RowCacheKind::file, folder.path(), limit, {}};
}

std::vector<std::byte> bytes_of(const Dataset& data) {
  const Table& rows = data.inputs[0];
  std::vector<std::byte> bytes(rows.rows * rows.row_bytes());
  std::vector<std::uint32_t> all(rows.rows);
  std::iota(all.begin(), all.end(), 0u);
  rows.read(all, bytes.data());
  return bytes;
}

std::string all_notes(const LoadedData& data) {
  std::string text;
  for (const std::string& note : data.notes) text += note + "\n";
  return text;
}

std::vector<CacheEntry> complete(const TemporaryFolder& folder) {
  auto entries = list_cache(folder.path());
  std::erase_if(entries, [](const CacheEntry& entry) { return !entry.complete; });
  return entries;
}

}  // namespace

TEST_CASE("cached rows are the decoded ones, in memory, while a file fills, and from it") {
  const TemporaryFolder photos, cache;
  add_photos(photos.path());
  const LoadedData plain = load(photos.path(), {});
  const auto want = bytes_of(plain.train);
  const LoadedData memory = load(photos.path(), {RowCacheKind::memory, {}, 0, {}});
  CHECK(memory.train.on_demand());
  CHECK(bytes_of(memory.train) == want);
  CHECK(bytes_of(memory.train) == want);
  CHECK_THAT(all_notes(memory), Contains("skipped 3 of 27 images that cannot be decoded"));
  std::uint64_t identity = 0;
  {
    const LoadedData filling = load(photos.path(), in_folder(cache));
    CHECK(complete(cache).empty());
    CHECK(bytes_of(filling.train) == want);
    CHECK(complete(cache).size() == 1);
    CHECK(bytes_of(filling.train) == want);
    identity = filling.train.identity;
  }
  const LoadedData filled = load(photos.path(), in_folder(cache));
  CHECK_THAT(all_notes(filled), Contains("skipped 3 of 27 images") && Contains("24 rows come from the cache file"));
  CHECK_FALSE(filled.train.on_demand());
  CHECK(filled.train.resident());
  CHECK(bytes_of(filled.train) == want);
  CHECK(filled.train.identity == identity);
  CHECK(memory.train.identity == identity);
  CHECK(std::equal(static_cast<const std::int32_t*>(filled.train.targets[0].data()),
                   static_cast<const std::int32_t*>(filled.train.targets[0].data()) + 24,
                   static_cast<const std::int32_t*>(plain.train.targets[0].data())));
}

TEST_CASE("the files are not read again once they are cached") {
  const TemporaryFolder photos, cache;
  add_photos(photos.path());
  const auto want = bytes_of(load(photos.path(), in_folder(cache)).train);
  // Same size and time, other content: only who reads the file notices.
  const auto time = std::filesystem::last_write_time(photos.path() / "a/1.jpg");
  write_file(photos.path() / "a/1.jpg", std::string(std::filesystem::file_size(photos.path() / "a/1.jpg"), 'x'));
  std::filesystem::last_write_time(photos.path() / "a/1.jpg", time);
  CHECK(bytes_of(load(photos.path(), in_folder(cache)).train) == want);
}

TEST_CASE("other files or other preprocessing make another cache file") {
  const TemporaryFolder photos, cache;
  add_photos(photos.path());
  (void)bytes_of(load(photos.path(), in_folder(cache)).train);
  (void)bytes_of(load(photos.path(), in_folder(cache), 14).train);
  CHECK(complete(cache).size() == 2);
  write_file(photos.path() / "a/1.jpg", golden_image("exif6.jpg"));
  const LoadedData changed = load(photos.path(), in_folder(cache));
  CHECK(changed.train.on_demand());
  CHECK(bytes_of(changed.train) == bytes_of(load(photos.path(), {}).train));
  CHECK(complete(cache).size() == 3);
}

TEST_CASE("a damaged cache file is made again, and that is said") {
  const TemporaryFolder photos, cache;
  add_photos(photos.path());
  const auto want = bytes_of(load(photos.path(), in_folder(cache)).train);
  const std::filesystem::path path = complete(cache)[0].path;
  std::string content = read_whole_file(path);
  content[5000] ^= 1;
  write_file(path, content);
  {
    const LoadedData again = load(photos.path(), in_folder(cache));
    CHECK_THAT(all_notes(again), Contains("is damaged: the block at byte 4096 does not match its check; it is made again"));
    CHECK(bytes_of(again.train) == want);
  }
  CHECK_FALSE(load(photos.path(), in_folder(cache)).train.on_demand());
}

TEST_CASE("while one run fills the file, another keeps its rows in memory") {
  const TemporaryFolder photos, cache;
  add_photos(photos.path());
  const LoadedData first = load(photos.path(), in_folder(cache)), second = load(photos.path(), in_folder(cache));
  CHECK_THAT(all_notes(second), Contains("another process is filling the cache file; rows are kept in memory"));
  CHECK(bytes_of(second.train) == bytes_of(first.train));
  CHECK(complete(cache).size() == 1);
}

TEST_CASE("limits are said in a sentence") {
  const TemporaryFolder photos, cache;
  add_photos(photos.path());
  const LoadedData no_file = load(photos.path(), in_folder(cache, 5000));
  CHECK_THAT(all_notes(no_file), Contains("does not fit the limit of 0 MB (--cache-limit); rows are kept in memory"));
  const LoadedData partly = load(photos.path(), {RowCacheKind::memory, {}, 0, {}}, 12, 10 * 360);
  CHECK_THAT(all_notes(partly), Contains("10 of 24 images fit the memory limit"));
  CHECK(bytes_of(partly.train) == bytes_of(no_file.train));
  CHECK_THAT(all_notes(load(photos.path(), {RowCacheKind::file, photos.path() / "a/1.jpg", 1 << 30, {}})),
             Contains("rows are kept in memory"));
}

TEST_CASE("damage in the middle of a file is an error of its batch") {
  const TemporaryFolder photos, cache;
  add_photos(photos.path());
  std::string png = golden_image("rgb.png");
  png[png.size() / 2] = static_cast<char>(png[png.size() / 2] + 1);
  write_file(photos.path() / "a/7.jpg", png);
  const LoadedData data = load(photos.path(), in_folder(cache));
  CHECK(data.train.rows() == 24);
  CHECK_THAT(refusal([&] { (void)bytes_of(data.train); }), Contains("a/7.jpg is no complete PNG image"));
  CHECK(complete(cache).empty());
}
