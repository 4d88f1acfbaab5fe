// The binary version of CIFAR.
#include <ingot/runtime/data/cifar.hpp>

#include "support.hpp"

#include <catch2/catch.hpp>
#include <ingot/runtime/data/load.hpp>

using namespace ingot::runtime;
using namespace ingot::runtime::testing;
using Catch::Matchers::Contains;

namespace {

ModelPorts ports_of(std::uint32_t classes, std::vector<std::uint32_t> dims = {32, 32, 3}) {
  return {"toy", {{"pixels", INGOT_U8, std::move(dims), 0}}, {{"scores", INGOT_I32, {}, classes}}};
}

// Pixel p of plane c is p + 64 c + number.
std::string record(const std::string& labels, int number) {
  std::string text = labels;
  for (int c = 0; c < 3; ++c)
    for (int p = 0; p < 1024; ++p) text += static_cast<char>(p + 64 * c + number);
  return text;
}

const std::uint8_t* row(const Dataset& data, std::uint64_t r) { return static_cast<const std::uint8_t*>(data.inputs[0].row(r)); }
std::int32_t label(const Dataset& data, std::uint64_t r) { return static_cast<const std::int32_t*>(data.targets[0].data())[r]; }

}  // namespace

TEST_CASE("CIFAR-10: planes become channels, batches follow each other") {
  const TemporaryFolder folder;
  write_file(folder / "data_batch_1.bin", record("\x03", 0) + record("\x09", 1));
  write_file(folder / "data_batch_2.bin", record("\x05", 2));
  write_file(folder / "test_batch.bin", record("\x01", 3));
  write_file(folder / "batches.meta.txt", "airplane\nautomobile\r\nbird\n\n");
  const LoadedData data = load_dataset(folder.path(), ports_of(10));
  REQUIRE(data.train.rows() == 3);
  CHECK(data.test.rows() == 1);
  for (std::uint64_t r = 0; r < 3; ++r)
    for (int p = 0; p < 1024; ++p)
      for (int c = 0; c < 3; ++c) REQUIRE(row(data.train, r)[p * 3 + c] == static_cast<std::uint8_t>(p + 64 * c + static_cast<int>(r)));
  CHECK(label(data.train, 0) == 3);
  CHECK(label(data.train, 2) == 5);
  CHECK(data.images->classes == std::vector<std::string>{"airplane", "automobile", "bird"});
}

TEST_CASE("CIFAR-100: the fine label counts") {
  const TemporaryFolder folder;
  write_file(folder / "train.bin", record("\x07\x42", 0));
  const LoadedData data = load_dataset(folder.path(), ports_of(100));
  CHECK(label(data.train, 0) == 0x42);
  CHECK(row(data.train, 0)[1] == 64);
  CHECK(data.test.rows() == 0);
}

TEST_CASE("CIFAR that does not fit") {
  const TemporaryFolder folder;
  write_file(folder / "data_batch_1.bin", record("\x0B", 0));
  const auto loading = [&](const ModelPorts& ports) { return refusal([&] { load_dataset(folder.path(), ports); }); };
  CHECK_THAT(loading(ports_of(10)), Contains("data_batch_1.bin: row 0 is 11, class numbers go from 0 to 9"));
  CHECK_THAT(loading(ports_of(20, {28, 32, 3})), Contains("dimension 1 is 32 instead of 28"));
  write_file(folder / "data_batch_1.bin", record("\x03", 0) + "x");
  CHECK_THAT(loading(ports_of(10)), Contains("data_batch_1.bin has 3074 bytes, which is no whole number of records of 3073 bytes"));
  write_file(folder / "data_batch_1.bin", "");
  CHECK_THAT(loading(ports_of(10)), Contains("data_batch_1.bin has 0 bytes"));
}
