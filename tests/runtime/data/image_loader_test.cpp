// Images that cannot be decoded, the memory limit, threads, and rows that are decoded again.
#include "runtime/image/support.hpp"
#include "support.hpp"

#include <catch2/catch.hpp>
#include <ingot/runtime/data/batch_source.hpp>
#include <ingot/runtime/data/load.hpp>
#include <ingot/runtime/data/split.hpp>

#include <cstring>
#include <numeric>

using namespace ingot::runtime;
using namespace ingot::runtime::testing;
using Catch::Matchers::Contains;

namespace {

ModelPorts ports_of(std::uint32_t dtype = INGOT_U8) { return {"toy", {{"pixels", dtype, {12, 10, 3}, 0}}, {{"scores", INGOT_I32, {}, 2}}}; }

// Photographs in two classes, and four files that are none.
void add_photos(const std::filesystem::path& folder, bool damaged) {
  for (const char* name : {"a", "b"}) std::filesystem::create_directories(folder / name);
  const std::vector<std::string> photos{"420.jpg", "444.jpg", "progressive.jpg", "rgb.png", "interlaced.png", "exif6.jpg"};
  for (int i = 0; i < 36; ++i) write_file(folder / (i % 2 ? "a" : "b") / (std::to_string(i) + ".jpg"), golden_image(photos[i % 6]));
  if (!damaged) return;
  write_file(folder / "a/empty.jpg", "");
  write_file(folder / "a/half.jpg", golden_image("420.jpg").substr(0, 900));
  write_file(folder / "b/cmyk.jpg", cmyk_jpeg());
  write_file(folder / "b/text.png", "hello");
}

LoadedData load(const std::filesystem::path& folder, std::uint64_t limit, std::uint32_t threads, bool strict = false) {
  LoadOptions options;
  options.images.memory_limit = limit;
  options.images.threads = threads;
  options.images.strict = strict;
  return load_dataset(folder, ports_of(), options);
}

std::vector<std::byte> bytes_of(const Dataset& data) {
  const Table& rows = data.inputs[0];
  std::vector<std::byte> bytes(rows.rows * rows.row_bytes());
  std::vector<std::uint32_t> all(rows.rows);
  std::iota(all.begin(), all.end(), 0u);
  rows.read(all, bytes.data());
  return bytes;
}

// Everything that the batches of two epochs deliver.
std::vector<std::byte> batches_of(const Dataset& data, bool background) {
  std::vector<std::byte> seen;
  BatchSource source(data, {.batch = 5, .seed = 3, .background = background});
  for (std::uint64_t epoch = 0; epoch < 2; ++epoch) {
    source.start(epoch);
    while (const Batch* batch = source.next())
      for (std::uint32_t r = 0; r < batch->rows; ++r) {
        const std::uint32_t at = batch->index != nullptr ? batch->index[r] : r;
        const auto* row = static_cast<const std::byte*>(batch->inputs[0]) + at * data.inputs[0].row_bytes();
        seen.insert(seen.end(), row, row + data.inputs[0].row_bytes());
        seen.push_back(static_cast<std::byte>(static_cast<const std::int32_t*>(batch->targets[0])[at]));
      }
  }
  return seen;
}

constexpr std::uint64_t plenty = 1 << 20;

}  // namespace

TEST_CASE("rows, order and identity do not depend on memory or threads") {
  const TemporaryFolder folder;
  add_photos(folder.path(), true);
  const LoadedData kept = load(folder.path(), plenty, 1);
  REQUIRE(kept.train.rows() == 36);
  REQUIRE(kept.train.resident());
  const auto want = batches_of(kept.train, true);
  for (const std::uint32_t threads : {1u, 2u, 5u})
    for (const std::uint64_t limit : {std::uint64_t{0}, plenty}) {
      const LoadedData data = load(folder.path(), limit, threads);
      CHECK(data.train.on_demand() == (limit == 0));
      CHECK(data.train.identity == kept.train.identity);
      CHECK(bytes_of(data.train) == bytes_of(kept.train));
      for (const bool background : {false, true}) CHECK(batches_of(data.train, background) == want);
    }
}

TEST_CASE("parts of streamed images are parts of the kept ones") {
  const TemporaryFolder folder;
  add_photos(folder.path(), false);
  const Split streamed = split_validation(load(folder.path(), 0, 2).train, 0.25),
              kept = split_validation(load(folder.path(), plenty, 2).train, 0.25);
  CHECK(streamed.validation.on_demand());
  CHECK(bytes_of(streamed.validation) == bytes_of(kept.validation));
  CHECK(streamed.validation.identity == kept.validation.identity);
  CHECK(bytes_of(streamed.validation.slice(3, 4)) == bytes_of(kept.validation.slice(3, 4)));
  const Dataset copy = in_memory(streamed.validation);
  CHECK(copy.resident());
  CHECK(bytes_of(copy) == bytes_of(kept.validation));
}

TEST_CASE("statistics of streamed images are those of the kept ones") {
  const TemporaryFolder folder;
  add_photos(folder.path(), false);
  const Table streamed = load(folder.path(), 0, 3).train.inputs[0], kept = load(folder.path(), plenty, 1).train.inputs[0];
  for (const std::uint64_t features : {std::uint64_t{3}, std::uint64_t{360}}) {
    const Standardization a = measure_standardization(streamed, features), b = measure_standardization(kept, features);
    CHECK(a.mean == b.mean);
    CHECK(a.scale == b.scale);
  }
}

TEST_CASE("images that cannot be decoded are counted, named and skipped") {
  const TemporaryFolder folder;
  add_photos(folder.path(), true);
  const LoadedData data = load(folder.path(), plenty, 2);
  REQUIRE(data.notes.size() == 1);
  CHECK_THAT(data.notes[0], Contains("skipped 4 of 40 images that cannot be decoded: ") && Contains("; ..."));
  CHECK_THAT(refusal([&] { load(folder.path(), plenty, 2, true); }), Contains("4 of 40 images cannot be decoded: "));
}

TEST_CASE("the first pass says after every file how far it is") {
  const TemporaryFolder folder;
  add_photos(folder.path(), true);
  std::vector<std::size_t> done;
  ImageOptions options;
  options.threads = 3;
  options.on_decoded = [&](std::size_t count, std::size_t files) {
    CHECK(files == 40);
    done.push_back(count);
  };
  load_images({folder.path()}, ports_of(), options);
  std::vector<std::size_t> all(40);
  std::iota(all.begin(), all.end(), std::size_t{1});
  CHECK(done == all);
}

TEST_CASE("what does not fit the limit is said; parts are kept one after the other") {
  const TemporaryFolder folder;
  add_photos(folder / "train", false);
  add_photos(folder / "test", false);
  const LoadedData data = load(folder.path(), 36 * 360, 2);
  CHECK_FALSE(data.train.on_demand());
  CHECK(data.test.on_demand());
  REQUIRE(data.notes.size() == 1);
  CHECK_THAT(data.notes[0], Contains("(test)") && Contains("do not fit the memory limit, they are decoded in every pass (--memory-limit)"));
}

TEST_CASE("a file that is gone when its row is wanted again is an error of that batch") {
  const TemporaryFolder folder;
  add_photos(folder.path(), false);
  const Dataset data = load(folder.path(), 0, 2).train;
  std::filesystem::remove(folder / "a/1.jpg");
  for (const bool background : {false, true}) {
    BatchSource source(data, {.batch = 4, .background = background});
    source.start(0);
    CHECK_THAT(refusal([&] {
                 while (source.next() != nullptr) {
                 }
               }),
               Contains("there is no file") && Contains("a/1.jpg"));
    CHECK_THAT(refusal([&] {
                 source.start(1);
                 while (source.next() != nullptr) {
                 }
               }),
               Contains("a/1.jpg"));
  }
}

TEST_CASE("a model that takes floats gets the same pixels as floats") {
  const TemporaryFolder folder;
  add_photos(folder.path(), false);
  const Table bytes = load(folder.path(), plenty, 2).train.inputs[0];
  for (const std::uint64_t limit : {std::uint64_t{0}, plenty}) {
    LoadOptions options;
    options.images.memory_limit = limit;
    const Dataset data = load_dataset(folder.path(), ports_of(INGOT_F32), options).train;
    REQUIRE(data.inputs[0].dtype == INGOT_F32);
    const auto raw = bytes_of(data);
    std::vector<float> floats(raw.size() / sizeof(float));
    std::memcpy(floats.data(), raw.data(), raw.size());
    const auto* want = static_cast<const std::uint8_t*>(bytes.data());
    CHECK(std::equal(floats.begin(), floats.end(), want, [](float a, std::uint8_t b) { return a == static_cast<float>(b); }));
  }
}

TEST_CASE("images to predict: files, folders and lists") {
  const TemporaryFolder folder;
  add_photos(folder.path(), false);
  write_file(folder / "list.csv", "path\na/1.jpg\nb/0.jpg\n");
  const LoadedImages images = load_images({folder / "a/3.jpg", folder / "b", folder / "list.csv"}, ports_of(), {});
  CHECK(images.rows.rows() == 1 + 18 + 2);
  CHECK(images.rows.targets.empty());
  CHECK(images.files.front() == (folder / "a/3.jpg").string());
  CHECK(images.files.back() == (folder / "b/0.jpg").string());
  std::filesystem::create_directory(folder / "none");
  CHECK_THAT(refusal([&] { load_images({folder / "none"}, ports_of(), {}); }), Contains("none holds no images"));
  CHECK_THAT(refusal([&] { load_images({folder / "gone.png"}, ports_of(), {}); }), Contains("there is no file"));
}

TEST_CASE("the encoding beside the weights") {
  const ImageEncoding encoding{true, {"cat", "d\"og"}};
  const ImageEncoding again = ImageEncoding::from_json(encoding.to_json());
  CHECK(again.antialias);
  CHECK(again.classes == encoding.classes);
  CHECK_THAT(refusal([] { ImageEncoding::from_json("{\"version\": 2}"); }), Contains("was written by another version; train again"));
  CHECK_THAT(refusal([] { ImageEncoding::from_json("[]"); }), Contains("the image encoding beside the weights is damaged"));
}
