// Sparse tensors in files: there and back for all kinds of zeros, what is refused, and random damage.
#include <ingot/runtime/prune/sparse_tensor.hpp>

#include <catch2/catch.hpp>
#include <ingot/runtime/data/atomic_file.hpp>
#include <ingot/runtime/data/error.hpp>

#include <filesystem>
#include <fstream>
#include <random>

using namespace ingot::runtime;
using Catch::Matchers::Contains;

namespace {

std::filesystem::path file_path() {
  const auto folder = std::filesystem::temp_directory_path() / "ingot_sparse_tensor_test";
  std::filesystem::create_directories(folder);
  return folder / "w.safetensors";
}

/// A matrix whose blocks of height x width are zero with the given probability.
template <class T>
std::vector<T> random_values(std::mt19937& random, std::uint64_t rows, std::uint64_t cols, std::uint64_t height, std::uint64_t width) {
  std::vector<T> values(rows * cols);
  std::vector<bool> zero((rows / height + 1) * (cols / width + 1));
  for (std::size_t b = 0; b < zero.size(); ++b) zero[b] = random() % 5 != 0;
  for (std::uint64_t r = 0; r < rows; ++r)
    for (std::uint64_t c = 0; c < cols; ++c)
      values[r * cols + c] = zero[r / height * (cols / width + 1) + c / width] ? T{0} : static_cast<T>(random() % 1000) / 8 + 1;
  return values;
}

/// Writes a tensor packed; the number of bytes that its parts take.
std::uint64_t write(const TensorView& tensor) {
  const auto packed = pack_sparse(tensor);
  REQUIRE(packed);
  Metadata metadata = {{"model", "test"}};
  const std::vector<TensorView> parts = packed_parts(*packed, tensor, metadata);
  write_safetensors(file_path(), parts, metadata);
  return packed->bytes();
}

template <class T>
void check_round_trip(std::uint32_t dtype, std::mt19937& random, std::uint64_t rows, std::uint64_t cols, std::uint64_t height,
                      std::uint64_t width) {
  const std::vector<T> values = random_values<T>(random, rows, cols, height, width);
  const TensorView tensor{"a.kernel", dtype, {rows, cols}, values.data()};
  const std::uint64_t bytes = write(tensor);
  CHECK(bytes < values.size() * sizeof(T));
  const Safetensors file = read_safetensors(file_path());
  const std::vector<SparseTensor> back = sparse_tensors(file);
  REQUIRE(back.size() == 1);
  CHECK((back[0].mask.name == "a.kernel" && back[0].shape == tensor.shape));
  CHECK((is_part(back, "a.kernel.blocks") && is_part(back, "a.kernel.bitmap") && !is_part(back, "a.kernel")));
  std::vector<T> read(values.size(), T{7});
  expand(back[0], dtype, read.data());
  CHECK(read == values);
}

/// A file with these parts instead of right ones.
std::string refusal(const std::string& description, std::vector<std::uint64_t> blocks_shape, std::vector<std::uint8_t> bitmap) {
  const std::vector<float> values(64, 1);
  std::vector<TensorView> parts = {{"w.blocks", INGOT_F32, std::move(blocks_shape), values.data()}};
  if (!bitmap.empty()) parts.push_back({"w.bitmap", INGOT_U8, {bitmap.size()}, bitmap.data()});
  write_safetensors(file_path(), parts, {{"sparse.w", description}});
  try {
    (void)sparse_tensors(read_safetensors(file_path()));
  } catch (const UserError& error) {
    return error.what();
  }
  return "";
}

}  // namespace

TEST_CASE("sparse tensors come back as they were", "[sparse]") {
  std::mt19937 random(1);
  for (const auto& [height, width] : {std::pair<std::uint64_t, std::uint64_t>{1, 1}, {16, 16}, {4, 32}, {8, 1}})
    for (const auto& [rows, cols] : {std::pair<std::uint64_t, std::uint64_t>{64, 96}, {61, 97}, {130, 33}}) {
      check_round_trip<float>(INGOT_F32, random, rows, cols, height, width);
      check_round_trip<double>(INGOT_F64, random, rows, cols, height, width);
    }
}

TEST_CASE("80 % of zeros in blocks take little more than a fifth of the bytes", "[sparse]") {
  std::mt19937 random(2);
  const std::vector<float> values = random_values<float>(random, 784, 512, 16, 16);
  const double kept = 1 - static_cast<double>(std::count(values.begin(), values.end(), 0.0F)) / static_cast<double>(values.size());
  CHECK(static_cast<double>(write({"w", INGOT_F32, {784, 512}, values.data()})) < (kept + 0.001) * static_cast<double>(values.size()) * 4);
}

TEST_CASE("what has no zeros, or one axis, is not packed", "[sparse]") {
  const std::vector<float> ones(64, 1), zeros(64, 0);
  CHECK(!pack_sparse({"w", INGOT_F32, {8, 8}, ones.data()}));
  CHECK(!pack_sparse({"w", INGOT_F32, {64}, zeros.data()}));
  CHECK(pack_sparse({"w", INGOT_F32, {8, 8}, zeros.data()}));
}

TEST_CASE("parts that do not fit are refused with the tensor's name", "[sparse]") {
  CHECK(refusal("4,4 2,2", {2, 4}, {0b0101}) == "");
  CHECK_THAT(refusal("4,4 2,2", {3, 4}, {0b0101}), Contains("sparse tensor 'w': w.blocks has shape (3, 4), its bitmap wants (2, 4)"));
  CHECK_THAT(refusal("4,4 2,2", {2, 4}, {0b0101, 0}), Contains("w.bitmap has shape (2), 4 blocks want (1) of U8"));
  CHECK_THAT(refusal("4,4 2,2", {2, 4}, {0b10100}), Contains("bit 4 of its bitmap is set, there are 4 blocks"));
  CHECK_THAT(refusal("4,4 2,2", {2, 4}, {}), Contains("there is no w.bitmap"));
  for (const char* text : {"", "4,4", "4 2,2", "4,4 2", "4,0 2,2", "4,x 2,2", "4,4 2,9999", "99999999999,99999999999 2,2", "4,4 2,2,2"})
    CHECK_THAT(refusal(text, {2, 4}, {0b0101}), Contains("is no shape and block"));
}

TEST_CASE("damaged files are refused or read, whatever the damage", "[sparse][fuzz]") {
  std::mt19937 random(3);
  const std::vector<float> values = random_values<float>(random, 33, 20, 4, 4);
  write({"w", INGOT_F32, {33, 20}, values.data()});
  const std::string whole = read_whole_file(file_path());
  int refused = 0;
  for (int round = 0; round < 4000; ++round) {
    std::string bytes = whole;
    const std::size_t changes = 1 + random() % 3;
    for (std::size_t k = 0; k < changes; ++k) {
      const std::size_t at = random() % (random() % 2 == 0 ? std::min<std::size_t>(bytes.size(), 300) : bytes.size());
      bytes[at] = static_cast<char>(random() % 4 == 0 ? random() % 256 : "0123456789,{}[]:\" "[random() % 18]);
    }
    if (random() % 10 == 0) bytes.resize(random() % bytes.size());
    std::ofstream(file_path(), std::ios::binary).write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    try {
      const Safetensors file = read_safetensors(file_path());
      for (const SparseTensor& tensor : sparse_tensors(file)) {
        std::uint64_t elements = 1;
        for (const std::uint64_t n : tensor.shape) elements *= n;
        if (elements > 1U << 20) continue;  // a model's shape is checked before anything is expanded
        std::vector<float> out(elements);
        expand(tensor, INGOT_F32, out.data());
      }
    } catch (const UserError&) {
      ++refused;
    }
  }
  CHECK(refused > 1000);
}
