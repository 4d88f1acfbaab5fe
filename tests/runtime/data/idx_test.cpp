#include <ingot/runtime/data/idx.hpp>

#include "support.hpp"

#include <catch2/catch.hpp>

#include <cstring>

using namespace ingot::runtime;
using namespace ingot::runtime::testing;
using Catch::Matchers::Contains;

namespace {

std::string reading(std::string_view content) {
  const TemporaryFolder folder;
  write_file(folder / "d.idx", content);
  return refusal([&] { read_idx(folder / "d.idx"); });
}

}  // namespace

TEST_CASE("IDX bytes, plain and packed") {
  const TemporaryFolder folder;
  write_file(folder / "plain", small_images(5));
  write_file(folder / "packed", gzip(small_images(5)));
  write_file(folder / "members", gzip(small_images(5).substr(0, 9)) + gzip(small_images(5).substr(9)));
  for (const char* name : {"plain", "packed", "members"}) {
    const Array array = read_idx(folder / name);
    CHECK(array.type == ElementType::u8);
    CHECK(array.shape == std::vector<std::uint64_t>{5, 2, 2});
    CHECK(std::memcmp(array.data.get(), small_images(5).data() + 16, 20) == 0);
    CHECK(array.resident);
  }
}

TEST_CASE("IDX numbers are big-endian") {
  const TemporaryFolder folder;
  write_file(folder / "i16", idx_text(0x0B, {2}, std::string("\x01\x02\xff\xfe", 4)));
  write_file(folder / "i32", gzip(idx_text(0x0C, {1}, std::string("\xff\xff\xff\xf0", 4))));
  write_file(folder / "f32", idx_text(0x0D, {1, 1}, std::string("\x3f\x80\x00\x00", 4)));
  write_file(folder / "f64", idx_text(0x0E, {1}, std::string("\xbf\xf0\x00\x00\x00\x00\x00\x00", 8)));
  const Array shorts = read_idx(folder / "i16");
  CHECK(reinterpret_cast<const std::int16_t*>(shorts.data.get())[0] == 0x102);
  CHECK(reinterpret_cast<const std::int16_t*>(shorts.data.get())[1] == -2);
  CHECK(*reinterpret_cast<const std::int32_t*>(read_idx(folder / "i32").data.get()) == -16);
  CHECK(*reinterpret_cast<const float*>(read_idx(folder / "f32").data.get()) == 1);
  CHECK(*reinterpret_cast<const double*>(read_idx(folder / "f64").data.get()) == -1);
}

TEST_CASE("damaged IDX files are refused with the offset") {
  const std::string good = small_images(5);
  CHECK(reading(good) == "");
  CHECK_THAT(reading(""), Contains("d.idx: cut off within the 4 bytes of the IDX magic number"));
  CHECK_THAT(reading("PK\3\4abc"), Contains("bad IDX magic number 504b0304 at offset 0"));
  CHECK_THAT(reading(idx_text(7, {5}, "12345")), Contains("unknown IDX element type 0x07 at offset 2"));
  CHECK_THAT(reading(idx_text(8, {}, "")), Contains("IDX rank 0 at offset 3"));
  CHECK_THAT(reading(good.substr(0, 10)), Contains("cut off within extent 1 of 3 at offset 8"));
  CHECK_THAT(reading(good.substr(0, 30)), Contains("truncated: (5, 2, 2) u8 elements want 20 bytes after offset 16, there are 14"));
  CHECK_THAT(reading(good + "xyz"), Contains("3 trailing bytes after the last element at offset 36"));
  CHECK_THAT(reading(idx_text(0x0E, {~0u, ~0u, ~0u, ~0u}, "12345678")), Contains("truncated") || Contains("want"));
}

TEST_CASE("damaged packed IDX files are refused") {
  const std::string good = small_images(5), packed = gzip(good);
  CHECK(reading(packed) == "");
  CHECK_THAT(reading(packed.substr(0, packed.size() - 9)), Contains("d.idx: the packed data are cut off"));
  CHECK_THAT(reading(packed.substr(0, packed.size() - 3)), Contains("cut off"));
  std::string wrong_sum = packed;
  wrong_sum[wrong_sum.size() - 6] ^= 1;
  CHECK_THAT(reading(wrong_sum), Contains("damaged (incorrect data check)"));
  CHECK_THAT(reading(packed + "junk"), Contains("trailing bytes"));
  CHECK_THAT(reading(gzip(good + "x")), Contains("trailing bytes after the last element at (unpacked) offset 36"));
  CHECK_THAT(reading(gzip(good.substr(0, 30))), Contains("truncated: (5, 2, 2) u8 elements want 20 bytes, there are 14"));
  CHECK_THAT(reading(gzip(idx_text(8, {~0u, 1000}, "1"))), Contains("want 4294967295000 bytes, the file holds at most"));
}
