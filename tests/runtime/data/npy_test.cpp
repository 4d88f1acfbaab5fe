#include <ingot/runtime/data/npy.hpp>

#include "support.hpp"

#include <catch2/catch.hpp>
#include <ingot/runtime/data/atomic_file.hpp>
#include <zlib.h>

#include <cstring>

using namespace ingot::runtime;
using namespace ingot::runtime::testing;
using Catch::Matchers::Contains;

namespace {

std::string npy_text(const std::string& dictionary, std::string_view payload, int version = 1) {
  std::string text = "\x93NUMPY";
  text += static_cast<char>(version);
  text += '\0';
  const auto length = static_cast<std::uint32_t>(dictionary.size());
  text.append(reinterpret_cast<const char*>(&length), version == 1 ? 2 : 4);
  return text.append(dictionary).append(payload);
}
std::string dictionary(const std::string& descr, const std::string& shape, const char* fortran = "False") {
  return "{'descr': '" + descr + "', 'fortran_order': " + fortran + ", 'shape': " + shape + ", }";
}
template <class Number>
std::string bytes_of(const std::vector<Number>& numbers) {
  return {reinterpret_cast<const char*>(numbers.data()), numbers.size() * sizeof(Number)};
}
Array array_of(const TemporaryFolder& folder, std::string_view content) {
  write_file(folder / "a.npy", content);
  return read_npy(folder / "a.npy");
}
std::string reading(std::string_view content, const char* name = "a.npy") {
  const TemporaryFolder folder;
  write_file(folder / name, content);
  return refusal([&] { name[2] == 'n' && name[4] == 'z' ? (void)read_npz(folder / name) : (void)read_npy(folder / name); });
}
template <class Number>
std::vector<Number> numbers_of(const Array& array) {
  const auto* at = reinterpret_cast<const Number*>(array.data.get());
  return {at, at + array.elements()};
}

Array floats(std::vector<std::uint64_t> shape) {
  Array array{ElementType::f32, std::move(shape), nullptr, true, "made"};
  const auto memory = allocate_bytes(array.bytes(), "test");
  for (std::uint64_t i = 0; i < array.elements(); ++i) reinterpret_cast<float*>(memory.get())[i] = static_cast<float>(i) / 3;
  array.data = memory;
  return array;
}

// One deflated member, as numpy.savez_compressed writes it.
std::string deflated_zip(const std::string& name, const std::string& content) {
  z_stream z{};
  deflateInit2(&z, 6, Z_DEFLATED, -MAX_WBITS, 8, Z_DEFAULT_STRATEGY);
  std::string packed(deflateBound(&z, content.size()), '\0');
  z.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(content.data()));
  z.avail_in = static_cast<uInt>(content.size());
  z.next_out = reinterpret_cast<Bytef*>(packed.data());
  z.avail_out = static_cast<uInt>(packed.size());
  deflate(&z, Z_FINISH);
  packed.resize(z.total_out);
  deflateEnd(&z);
  std::string text;
  const auto put = [&](auto number) { text.append(reinterpret_cast<const char*>(&number), sizeof number); };
  const auto put_common = [&] {
    put(std::uint16_t{20}), put(std::uint16_t{0}), put(std::uint16_t{8}), put(std::uint32_t{0});
    put(static_cast<std::uint32_t>(crc32_z(0, reinterpret_cast<const Bytef*>(content.data()), content.size())));
    put(static_cast<std::uint32_t>(packed.size())), put(static_cast<std::uint32_t>(content.size()));
    put(static_cast<std::uint16_t>(name.size())), put(std::uint16_t{0});
  };
  put(0x04034b50u), put_common(), text += name, text += packed;
  const auto directory = static_cast<std::uint32_t>(text.size());
  put(0x02014b50u), put(std::uint16_t{20}), put_common(), put(std::uint16_t{0}), put(0u), put(0u), put(0u), text += name;
  const auto size = static_cast<std::uint32_t>(text.size()) - directory;
  put(0x06054b50u), put(0u), put(std::uint16_t{1}), put(std::uint16_t{1}), put(size), put(directory), put(std::uint16_t{0});
  return text;
}

}  // namespace

TEST_CASE("NPY of every type and version") {
  const TemporaryFolder folder;
  for (const int version : {1, 2, 3}) {
    const Array a = array_of(folder, npy_text(dictionary("<f4", "(2, 1)"), bytes_of<float>({1.5f, -2}), version));
    CHECK(a.type == ElementType::f32);
    CHECK(a.shape == std::vector<std::uint64_t>{2, 1});
    CHECK(numbers_of<float>(a) == std::vector<float>{1.5f, -2});
  }
  CHECK(numbers_of<double>(array_of(folder, npy_text(dictionary("<f8", "(1,)"), bytes_of<double>({0.1})))) == std::vector<double>{0.1});
  CHECK(numbers_of<std::int64_t>(array_of(folder, npy_text(dictionary("<i8", "(1,)"), bytes_of<std::int64_t>({-7}))))[0] == -7);
  CHECK(numbers_of<std::uint16_t>(array_of(folder, npy_text(dictionary("<u2", "()"), bytes_of<std::uint16_t>({65535}))))[0] == 65535);
  CHECK(array_of(folder, npy_text(dictionary("|b1", "(2,)"), "\1\1")).type == ElementType::boolean);
  CHECK(array_of(folder, npy_text(dictionary("<u1", "(0, 3)"), "")).elements() == 0);
  CHECK(array_of(folder, npy_text(dictionary("<f2", "(1,)"), "ab")).type == ElementType::f16);
}

TEST_CASE("Fortran order becomes row-major") {
  const TemporaryFolder folder;
  const Array plane = array_of(folder, npy_text(dictionary("<i4", "(2, 3)", "True"), bytes_of<std::int32_t>({0, 3, 1, 4, 2, 5})));
  CHECK(numbers_of<std::int32_t>(plane) == std::vector<std::int32_t>{0, 1, 2, 3, 4, 5});
  std::vector<std::int8_t> column_major(24);
  for (std::size_t i = 0; i < 2; ++i)
    for (std::size_t j = 0; j < 3; ++j)
      for (std::size_t k = 0; k < 4; ++k) column_major[i + 2 * j + 6 * k] = static_cast<std::int8_t>(12 * i + 4 * j + k);
  const auto block = numbers_of<std::int8_t>(array_of(folder, npy_text(dictionary("|i1", "(2, 3, 4)", "True"), bytes_of(column_major))));
  for (std::size_t i = 0; i < 24; ++i) CHECK(block[i] == static_cast<std::int8_t>(i));
}

TEST_CASE("damaged NPY files are refused with the offset") {
  const auto with = [](const std::string& text, std::string_view payload = "12345678") { return reading(npy_text(text, payload)); };
  CHECK(with(dictionary("<f4", "(2,)")) == "");
  CHECK_THAT(reading("hello"), Contains("a.npy: no .npy file"));
  CHECK_THAT(reading("\x93NUMPY\x01"), Contains("header is cut off after 7 bytes"));
  CHECK_THAT(reading(std::string("\x93NUMPY\x04\0\1\0{", 11)), Contains(".npy version 4.0 at offset 6"));
  CHECK_THAT(reading(npy_text(dictionary("<f4", "(2,)"), "").substr(0, 30)), Contains("header is cut off after 30 bytes"));
  CHECK_THAT(with(dictionary(">f4", "(2,)")), Contains("bad .npy header at offset 25: element type '>f4' is big-endian"));
  CHECK_THAT(with(dictionary("<c8", "(1,)")), Contains("element type '<c8' is not read"));
  CHECK_THAT(with(dictionary("|O", "(1,)")), Contains("element type '|O' is not read"));
  CHECK_THAT(with("{'descr': [('x', '<f4')], 'fortran_order': False, 'shape': (2,), }"), Contains("structured element types"));
  CHECK_THAT(with(dictionary("<f4", "(3,)")),
             Contains("truncated: shape (3) of f32 wants 12 bytes after offset") && Contains("there are 8"));
  CHECK_THAT(with(dictionary("<f4", "(1,)")), Contains("4 trailing bytes after the last element at offset"));
  CHECK_THAT(with(dictionary("<f4", "(4611686018427387904, 4)")), Contains("truncated"));
  CHECK_THAT(with(dictionary("<f4", "(-2,)")), Contains("an extent expected"));
  CHECK_THAT(with(dictionary("<f4", "(2 3)")), Contains("a comma or parenthesis is missing"));
  CHECK_THAT(with(dictionary("<f4", "(2,)", "Maybe")), Contains("True or False expected"));
  CHECK_THAT(with("{'descr': '<f4', 'shape': (2,), }"), Contains("must all be there"));
  CHECK_THAT(with("{'descr': '<f4', 'descr': '<f4'}"), Contains("unexpected key 'descr'"));
  CHECK_THAT(with("{'colour': 1}"), Contains("unexpected key 'colour'"));
  CHECK_THAT(with("{'descr': '<f4"), Contains("a string does not end"));
  CHECK_THAT(with(dictionary("<f4", "(2,)") + "x"), Contains("text after the dictionary"));
}

TEST_CASE("NPY and NPZ round trip") {
  const TemporaryFolder folder;
  for (const std::vector<std::uint64_t>& shape : {std::vector<std::uint64_t>{}, {3}, {2, 3, 4}, {0, 5}}) {
    const Array array = floats(shape);
    write_npy(folder / "r.npy", array);
    const Array back = read_npy(folder / "r.npy");
    CHECK(back.shape == shape);
    CHECK(numbers_of<float>(back) == numbers_of<float>(array));
  }
  write_npz(folder / "r.npz", std::vector<NamedArray>{{"hidden.kernel", floats({2, 3})}, {"hidden.bias", floats({3})}});
  const auto all = read_npz(folder / "r.npz");
  REQUIRE(all.size() == 2);
  CHECK(all[0].name == "hidden.kernel");
  CHECK(all[0].array.shape == std::vector<std::uint64_t>{2, 3});
  CHECK(numbers_of<float>(all[1].array) == numbers_of<float>(floats({3})));
  const std::vector<std::string> wanted{"hidden.bias"};
  CHECK(read_npz(folder / "r.npz", wanted).size() == 1);
}

TEST_CASE("deflated NPZ") {
  const TemporaryFolder folder;
  const std::vector<std::int32_t> numbers(500, 77);
  write_file(folder / "a.npz", deflated_zip("x.npy", npy_text(dictionary("<i4", "(500,)"), bytes_of(numbers))));
  const auto arrays = read_npz(folder / "a.npz");
  REQUIRE(arrays.size() == 1);
  CHECK(arrays[0].name == "x");
  CHECK(arrays[0].array.source == (folder / "a.npz").string() + ": x.npy");
  CHECK(numbers_of<std::int32_t>(arrays[0].array) == numbers);
}

TEST_CASE("damaged NPZ files are refused") {
  const std::string member = npy_text(dictionary("<i4", "(4,)"), bytes_of<std::int32_t>({1, 2, 3, 4}));
  const std::string good = deflated_zip("x.npy", member);
  const std::size_t directory = good.find("PK\1\2");
  const auto with = [&](std::size_t at, std::string_view bytes) {
    std::string text = good;
    text.replace(at, bytes.size(), bytes);
    return reading(text, "a.npz");
  };
  CHECK(reading(good, "a.npz") == "");
  CHECK_THAT(reading("", "a.npz"), Contains("a.npz: no zip directory at the end of its 0 bytes"));
  CHECK_THAT(reading(good.substr(0, good.size() - 5), "a.npz"), Contains("no zip directory"));
  CHECK_THAT(with(good.size() - 6, "\xf0\xff\xff\x7f"), Contains("lies outside the file"));
  CHECK_THAT(with(directory, "XX"), Contains("damaged zip directory at offset " + std::to_string(directory)));
  CHECK_THAT(with(directory + 8, "\1"), Contains("x.npy is encrypted"));
  CHECK_THAT(with(directory + 10, "\14"), Contains("zip method 12 is not read"));
  CHECK_THAT(with(directory + 16, "\1\2\3\4"), Contains("a.npz: x.npy: wrong checksum"));
  CHECK_THAT(with(directory + 20, std::string_view("\xff\xff\0\0", 4)), Contains("reach beyond the file"));
  CHECK_THAT(with(directory + 24, "\xff\xff\xff\x7f"), Contains("bytes cannot come from"));
  CHECK_THAT(with(directory + 24, std::string_view("\x10\0\0\0", 4)), Contains("unpacks to another size than the 16 bytes"));
  CHECK_THAT(with(directory + 42, "\x10"), Contains("no zip member at offset 16"));
  CHECK_THAT(with(40, "\xff\xff\xff\xff"), Contains("damaged") || Contains("checksum") || Contains("size"));
}
