// Every reader on thousands of damaged files, always the same ones: a file is read or refused with a sentence; nothing crashes, and
// nothing takes more memory at once than the file can account for.
#include "runtime/image/support.hpp"
#include "support.hpp"
#include "watched_memory.hpp"

#include <catch2/catch.hpp>
#include <ingot/runtime/data/atomic_file.hpp>
#include <ingot/runtime/data/cifar.hpp>
#include <ingot/runtime/data/csv_encoder.hpp>
#include <ingot/runtime/data/history.hpp>
#include <ingot/runtime/data/idx.hpp>
#include <ingot/runtime/data/load.hpp>
#include <ingot/runtime/data/npy.hpp>
#include <ingot/runtime/data/safetensors.hpp>

#include <functional>

using namespace ingot::runtime;
using namespace ingot::runtime::testing;

namespace {

struct Outcome {
  std::size_t read = 0, refused = 0;
};

using Reader = std::function<void(const std::filesystem::path&)>;

// Reads `content`, all its beginnings, and `rounds` mutations of it.
Outcome fuzz(const std::string& content, const char* name, const Reader& reader, std::size_t rounds) {
  const TemporaryFolder folder;
  std::mt19937 random(20240917);
  Outcome outcome;
  const auto once = [&](const std::string& text) {
    std::filesystem::remove(folder / name);  // some file systems flush a file that is written over
    write_file(folder / name, text);
    forget_allocations();
    const std::string sentence = refusal([&] { reader(folder / name); });
    // An error names the file; a reader needs at most the unpacked content and its tables.
    if (!sentence.empty()) REQUIRE(sentence.find(name) != std::string::npos);
    REQUIRE(largest_allocation() <= 4096 + 1100 * (text.size() + 1024));
    ++(sentence.empty() ? outcome.read : outcome.refused);
  };
  once(content);
  REQUIRE(outcome.read == 1);
  for (std::size_t length = 0; length < content.size(); length += 1 + content.size() / 300) once(content.substr(0, length));
  for (std::size_t i = 0; i < rounds; ++i) once(mutate(content, random));
  CHECK(outcome.refused > 0);
  return outcome;
}

std::string written(const std::function<void(const std::filesystem::path&)>& write) {
  const TemporaryFolder folder;
  write(folder / "f");
  return read_whole_file(folder / "f");
}

Array some_floats() {
  auto memory = std::make_shared<std::vector<float>>(12, 0.25f);
  return {ElementType::f32, {3, 2, 2}, {memory, reinterpret_cast<const std::byte*>(memory->data())}, true, "made"};
}

constexpr std::size_t rounds = 1500;

}  // namespace

TEST_CASE("damaged IDX") {
  const Reader reader = [](const auto& path) { input_table(read_idx(path), image_ports().inputs[0]); };
  fuzz(small_images(30), "d.idx", reader, rounds);
  fuzz(gzip(small_images(30)), "d.gz", reader, rounds);
}

TEST_CASE("damaged NPY") {
  const Reader reader = [](const auto& path) { input_table(read_npy(path), image_ports().inputs[0]); };
  fuzz(written([](const auto& path) { write_npy(path, some_floats()); }), "d.npy", reader, rounds);
}

TEST_CASE("damaged NPZ") {
  const Reader reader = [](const auto& path) { load_inputs(path, image_ports(), nullptr); };
  fuzz(written([](const auto& path) { write_npz(path, std::vector<NamedArray>{{"x", some_floats()}}); }), "d.npz", reader, rounds);
}

TEST_CASE("damaged safetensors") {
  const Reader reader = [](const auto& path) { read_safetensors(path); };
  const std::vector<float> numbers(24);
  const std::vector<TensorView> tensors{{"hidden.kernel", INGOT_F32, {4, 5}, numbers.data()},
                                        {"hidden.bias", INGOT_F32, {4}, numbers.data()}};
  fuzz(written([&](const auto& path) { write_safetensors(path, tensors, {{"model", "toy"}}); }), "d.safetensors", reader, rounds);
}

TEST_CASE("damaged CSV") {
  const ModelPorts ports{"toy", {{"x", INGOT_F32, {4}, 0}}, {{"y", INGOT_I32, {}, 3}}};
  std::string text = "age,\"ci\"\"ty\",income,y\r\n";
  for (int i = 0; i < 20; ++i)
    text += std::to_string(i) + (i % 2 ? ",Rome," : ",\"Os,lo\",") + (i % 5 ? "1.5e1," : ",") + std::to_string(i % 3) + "\r\n";
  fuzz(text, "d.csv", [&](const auto& path) { load_dataset(path, ports); }, rounds);
  LoadOptions weighed;
  weighed.csv.weight = "age";
  const ModelPorts with_weights{"toy", {{"x", INGOT_F32, {3}, 0}}, {{"y", INGOT_I32, {}, 3}}, true};
  CHECK_NOTHROW(CsvEncoder::fit(CsvTable::parse(text, "d.csv"), 16, with_weights, weighed.csv));
  fuzz(text, "d.csv", [&](const auto& path) { load_dataset(path, with_weights, weighed); }, rounds);
}

TEST_CASE("damaged CIFAR") {
  const auto reader = [](CifarKind kind) { return [kind](const auto& path) { read_cifar({path}, kind); }; };
  fuzz(std::string(3 * 3073, '\x07'), "d.bin", reader(CifarKind::cifar10), rounds);
  fuzz(std::string(2 * 3074, '\x07'), "d.bin", reader(CifarKind::cifar100), rounds);
}

TEST_CASE("damaged lists of images") {
  const TemporaryFolder images;
  for (int i = 0; i < 4; ++i) write_file(images / (std::to_string(i) + ".png"), grey_png(2, 2, 9));
  const ModelPorts ports{"toy", {{"x", INGOT_U8, {2, 2, 1}, 0}}, {{"y", INGOT_I32, {}, 2}}};
  LoadOptions options;
  options.images.threads = 1;
  std::string text = "path,label\n";
  for (int i = 0; i < 20; ++i) text += (images / std::to_string(i % 4)).string() + ".png," + (i % 2 ? "cat" : "dog") + "\n";
  fuzz(text, "d.csv", [&](const auto& path) { load_dataset(path, ports, options); }, rounds / 3);
}

TEST_CASE("damaged encodings of images") {
  const std::string good = ImageEncoding{false, {"cat", "dog"}}.to_json();
  std::mt19937 random(3);
  std::size_t refused = 0;
  for (std::size_t i = 0; i < rounds; ++i) {
    const std::string text = mutate(good, random);
    refused += refusal([&] { ImageEncoding::from_json(text); }).empty() ? 0 : 1;
  }
  CHECK(refused > rounds / 2);
}

TEST_CASE("damaged history") {
  History history({"epoch", "loss", "val_loss"});
  for (int i = 0; i < 5; ++i) history.add({double(i), 0.5 / (i + 1), 1e-9});
  fuzz(history.text(), "h.csv", [](const auto& path) { History::read(path); }, rounds);
}

TEST_CASE("damaged encodings") {
  const ModelPorts ports{"toy", {{"x", INGOT_F32, {3}, 0}}, {{"y", INGOT_F32, {1}, 1}}};
  const CsvTable table = CsvTable::parse("a,c,y\n1,p,no\n,q,yes\n", "d.csv");
  const std::string good = CsvEncoder::fit(table, 2, ports, {}).to_json();
  std::mt19937 random(3);
  std::size_t refused = 0;
  for (std::size_t i = 0; i < rounds; ++i) {
    const std::string text = mutate(good, random);
    const std::string sentence = refusal([&] { (void)CsvEncoder::from_json(text).encode(table, 0, 2, ports); });
    refused += sentence.empty() ? 0 : 1;
  }
  CHECK(refused > rounds / 2);
}
