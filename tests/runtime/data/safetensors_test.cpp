#include <ingot/runtime/data/safetensors.hpp>

#include "support.hpp"

#include <catch2/catch.hpp>
#include <ingot/runtime/data/atomic_file.hpp>

#include <cstring>

using namespace ingot::runtime;
using namespace ingot::runtime::testing;
using Catch::Matchers::Contains;

namespace {

std::string file_text(const std::string& header, std::size_t data_bytes) {
  const std::uint64_t length = header.size();
  std::string text(reinterpret_cast<const char*>(&length), 8);
  return text + header + std::string(data_bytes, '\0');
}

const std::string good = R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F64","shape":[],"data_offsets":[8,16]}})";

std::string reading(const std::string& content) {
  const TemporaryFolder folder;
  write_file(folder / "w.safetensors", content);
  return refusal([&] { read_safetensors(folder / "w.safetensors"); });
}
std::string reading_header(const std::string& header, std::size_t data_bytes = 16) { return reading(file_text(header, data_bytes)); }

}  // namespace

TEST_CASE("safetensors round trip") {
  const TemporaryFolder folder;
  const std::vector<float> kernel{1, -2.5f, 3, 1e-40f, 5, 6}, bias{7};
  const std::vector<double> wide{0.1, 1e300};
  const std::vector<TensorView> tensors{{"hidden.kernel", INGOT_F32, {2, 3}, kernel.data()},
                                        {"hidden.bias", INGOT_F32, {1}, bias.data()},
                                        {"wide", INGOT_F64, {2}, wide.data()},
                                        {"nothing", INGOT_F32, {0, 4}, nullptr},
                                        {"ünïcode \"quoted\"", INGOT_F32, {}, bias.data()}};
  write_safetensors(folder / "w", tensors, {{"model", "toy"}, {"note", "two\nlines"}});
  const Safetensors back = read_safetensors(folder / "w");
  REQUIRE(back.tensors.size() == tensors.size());
  CHECK(back.metadata == Metadata{{"model", "toy"}, {"note", "two\nlines"}});
  for (const TensorView& tensor : tensors) {
    const TensorView& read = back.get(tensor.name, tensor.shape);
    CHECK(read.dtype == tensor.dtype);
    CHECK(reinterpret_cast<std::uintptr_t>(read.data) % 64 == 0);
    const std::size_t bytes = tensor.elements() * (tensor.dtype == INGOT_F32 ? 4 : 8);
    CHECK((bytes == 0 || std::memcmp(read.data, tensor.data, bytes) == 0));
  }
  CHECK(back.tensors.front().name == "hidden.kernel");
  CHECK(back.find("other") == nullptr);
  CHECK_THAT(refusal([&] { (void)back.get("other", {}); }), Contains("/w: there is no tensor 'other'"));
  const std::vector<std::uint64_t> shape{3, 2};
  CHECK_THAT(refusal([&] { (void)back.get("hidden.kernel", shape); }),
             Contains("'hidden.kernel' has shape (2, 3), the model wants (3, 2)"));
}

TEST_CASE("safetensors files are laid out as the format says") {
  const TemporaryFolder folder;
  const float one = 1;
  write_safetensors(folder / "w", std::vector<TensorView>{{"x", INGOT_F32, {1, 1}, &one}});
  const std::string text = read_whole_file(folder / "w");
  std::uint64_t length = 0;
  std::memcpy(&length, text.data(), 8);
  CHECK((length + 8) % 64 == 0);
  CHECK_THAT(text.substr(8, length), Catch::Matchers::StartsWith(R"({"x":{"dtype":"F32","shape":[1,1],"data_offsets":[0,4]}})"));
  CHECK(text.size() == 8 + length + 4);
}

TEST_CASE("tensors are converted between f32 and f64") {
  const double wide[] = {0.1, 1e-3};
  const float narrow[] = {0.1f, -4};
  float to_f32[2];
  double to_f64[2];
  copy_tensor({"w", INGOT_F64, {2}, wide}, INGOT_F32, to_f32);
  CHECK((to_f32[0] == 0.1f && to_f32[1] == 1e-3f));
  copy_tensor({"n", INGOT_F32, {2}, narrow}, INGOT_F64, to_f64);
  CHECK((to_f64[0] == static_cast<double>(0.1f) && to_f64[1] == -4));
  copy_tensor({"n", INGOT_F32, {2}, narrow}, INGOT_F32, to_f32);
  CHECK(to_f32[0] == 0.1f);
}

TEST_CASE("tensors without alignment are read") {
  const TemporaryFolder folder;
  const float one = 1;
  const double two = 2;
  std::string text =
      file_text(R"({"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"F64","shape":[1],"data_offsets":[4,12]}})", 0);
  text.append(reinterpret_cast<const char*>(&one), 4).append(reinterpret_cast<const char*>(&two), 8);
  write_file(folder / "w", text);
  const Safetensors back = read_safetensors(folder / "w");
  CHECK(*static_cast<const double*>(back.find("b")->data) == 2);
}

TEST_CASE("damaged safetensors are refused") {
  CHECK(reading_header(good) == "");
  CHECK_THAT(reading("abc"), Contains("w.safetensors: 3 bytes are no safetensors file"));
  CHECK_THAT(reading(file_text(good, 16).substr(0, 60)), Contains("header length 107 at offset 0 exceeds the 52 bytes that follow"));
  CHECK_THAT(reading(std::string("\xff\xff\xff\xff\xff\xff\xff\x7f", 8)), Contains("header length 9223372036854775807"));
  CHECK_THAT(reading_header("{\"a\":"), Contains("the header is no JSON (byte 1"));
  CHECK_THAT(reading_header("[]", 0), Contains("no JSON object"));
  CHECK_THAT(reading_header(good, 15), Contains("tensor 'b': data_offsets (8, 16) do not lie within the 15 bytes of data"));
  CHECK_THAT(reading_header(good, 20), Contains("4 bytes after the last tensor (data offset 16)"));
  const auto tensor = [](const std::string& body) { return "{\"a\":{" + body + "}}"; };
  CHECK_THAT(reading_header(tensor(R"("dtype":"F16","shape":[8],"data_offsets":[0,16])")),
             Contains("tensor 'a' has dtype \"F16\", only F32, F64 and U8"));
  CHECK_THAT(reading_header(tensor(R"("dtype":"F32","shape":[3],"data_offsets":[0,16])")),
             Contains("shape (3) of f32 does not fill the 16 bytes"));
  CHECK_THAT(reading_header(tensor(R"("dtype":"F32","shape":[9223372036854775807,4],"data_offsets":[0,16])")), Contains("does not fill"));
  CHECK_THAT(reading_header(tensor(R"("dtype":"F32","shape":[-1],"data_offsets":[0,16])")),
             Contains("shape has an entry that is no number"));
  CHECK_THAT(reading_header(tensor(R"("dtype":"F32","shape":4,"data_offsets":[0,16])")), Contains("shape is no list"));
  CHECK_THAT(reading_header(tensor(R"("dtype":"F32","shape":[4],"data_offsets":[16,0])")), Contains("do not lie within"));
  CHECK_THAT(reading_header(tensor(R"("dtype":"F32","shape":[4])")), Contains("exactly dtype, shape and data_offsets"));
  CHECK_THAT(reading_header(R"({"__metadata__":{"k":1}})", 0), Contains("'k' is no string"));
  const std::string a = R"("a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]})";
  CHECK_THAT(reading_header("{" + a + "," + a + "}", 8), Contains("'a' appears twice"));
  CHECK_THAT(reading_header("{" + a + R"(,"b":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}})", 12), Contains("tensor 'b' overlaps"));
  CHECK_THAT(reading_header("{" + a + R"(,"b":{"dtype":"F32","shape":[1],"data_offsets":[12,16]}})"),
             Contains("4 bytes at data offset 8 belong to no tensor"));
}
