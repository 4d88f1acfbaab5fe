// Cache files: what was written comes back, every damage is found, one process fills a file.
#include <ingot/runtime/cache/cache_file.hpp>

#include "runtime/data/support.hpp"

#include <catch2/catch.hpp>
#include <ingot/runtime/data/atomic_file.hpp>

#include <cstring>
#include <sys/wait.h>
#include <unistd.h>

using namespace ingot::runtime;
using namespace ingot::runtime::testing;
using Catch::Matchers::Contains;

namespace {

const CacheExtents two_tables{100, {37, 8}};
constexpr std::size_t header_bytes = 320;
const std::string text = "{\"skipped\": [3]}";

CacheKey key_of(std::uint64_t number) {
  CacheKey key("test", 1);
  return key.add_number(number);
}

std::vector<std::byte> row_of(std::size_t table, std::uint64_t row) {
  std::vector<std::byte> bytes(two_tables.row_bytes[table]);
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<std::byte>(row * 7 + i * 3 + table);
  return bytes;
}

void fill(const std::filesystem::path& folder, const CacheKey& key) {
  const auto writer = CacheFileWriter::begin(folder, key, two_tables);
  REQUIRE(writer != nullptr);
  for (std::uint64_t r = two_tables.rows; r-- > 0;)
    for (const std::size_t t : {std::size_t{0}, std::size_t{1}}) writer->write(t, r, row_of(t, r));
  CHECK(std::memcmp(writer->row(1, 5), row_of(1, 5).data(), 8) == 0);
  writer->finish(text, 2);
}

}  // namespace

TEST_CASE("a cache file gives back rows and description") {
  const TemporaryFolder folder;
  fill(folder.path(), key_of(1));
  CHECK_FALSE(std::filesystem::exists(folder / (key_of(1).text() + ".part")));
  const CacheFile file = CacheFile::open(cache_file_path(folder.path(), key_of(1)), key_of(1), 2);
  CHECK(file.extents().rows == two_tables.rows);
  CHECK(file.extents().row_bytes == two_tables.row_bytes);
  CHECK(file.description() == text);
  CHECK(file.bytes() == cache_file_bytes(two_tables) + text.size());
  for (const std::size_t t : {std::size_t{0}, std::size_t{1}})
    for (std::uint64_t r = 0; r < two_tables.rows; ++r)
      REQUIRE(std::memcmp(file.table(t).get() + r * two_tables.row_bytes[t], row_of(t, r).data(), two_tables.row_bytes[t]) == 0);
}

TEST_CASE("every byte of a cache file is checked") {
  const TemporaryFolder folder;
  fill(folder.path(), key_of(1));
  const std::filesystem::path path = cache_file_path(folder.path(), key_of(1));
  const std::string whole = read_whole_file(path);
  const auto sentence = [&](const std::string& content) {
    write_file(path, content);
    return refusal([&] { CacheFile::open(path, key_of(1), 1); });
  };
  REQUIRE(sentence(whole).empty());
  for (std::size_t at = 0; at < whole.size(); at += at < 400 || at > whole.size() - 64 ? 1 : 61) {
    std::string damaged = whole;
    damaged[at] = static_cast<char>(damaged[at] ^ 0x10);
    const bool padding = at >= header_bytes && at < 4096;  // zeros behind the header, which nobody reads
    INFO("byte " << at);
    CHECK(sentence(damaged).empty() == padding);
  }
  for (std::size_t bytes = 0; bytes < whole.size(); bytes += 97) CHECK_FALSE(sentence(whole.substr(0, bytes)).empty());
  CHECK_THAT(sentence(whole + "x"), Contains("damaged: it has ") && Contains("not what its header says"));
  std::string block = whole;
  block[4096 + 50] ^= 1;
  CHECK_THAT(sentence(block), Contains("the block at byte 4096 does not match its check"));
  write_file(path, whole);
  CHECK_THAT(refusal([&] { CacheFile::open(path, key_of(2), 1); }), Contains("of another key than its name says"));
}

TEST_CASE("mutated cache files are refused, never read as something else") {
  const TemporaryFolder folder;
  fill(folder.path(), key_of(1));
  const std::filesystem::path path = cache_file_path(folder.path(), key_of(1));
  const std::string whole = read_whole_file(path);
  std::mt19937 random(5);
  for (int i = 0; i < 3000; ++i) {
    const std::string content = mutate(whole, random);
    std::filesystem::remove(path);
    write_file(path, content);
    if (refusal([&] { CacheFile::open(path, key_of(1), 1); }).empty()) {
      REQUIRE(content.size() == whole.size());
      REQUIRE(content.compare(0, header_bytes, whole, 0, header_bytes) == 0);
      REQUIRE(content.compare(4096, std::string::npos, whole, 4096) == 0);
    }
  }
}

TEST_CASE("one process fills a file; a remainder of another is overwritten") {
  const TemporaryFolder folder;
  const CacheKey key = key_of(1);
  {
    const auto first = CacheFileWriter::begin(folder.path(), key, two_tables);
    REQUIRE(first != nullptr);
    CHECK(CacheFileWriter::begin(folder.path(), key, two_tables) == nullptr);
    CHECK(CacheFileWriter::begin(folder.path(), key_of(2), two_tables) != nullptr);
  }
  CHECK(std::filesystem::is_empty(folder.path()));
  const pid_t child = ::fork();
  if (child == 0) {
    const auto writer = CacheFileWriter::begin(folder.path(), key, two_tables);
    writer->write(0, 1, row_of(0, 7));
    ::_exit(0);  // as when it is killed: nothing is tidied up
  }
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  REQUIRE(std::filesystem::exists(folder / (key.text() + ".part")));
  fill(folder.path(), key);
  CHECK(CacheFile::open(cache_file_path(folder.path(), key), key, 1).description() == text);
}

TEST_CASE("extents that no file can have are refused") {
  const TemporaryFolder folder;
  const CacheExtents huge{std::uint64_t{1} << 40, {std::uint64_t{1} << 40}};
  CHECK_THAT(refusal([&] { cache_file_bytes(huge); }), Contains("rows are too many for one cache file"));
  CHECK_THAT(refusal([&] { CacheFileWriter::begin(folder.path(), key_of(1), huge); }), Contains("rows are too many for one cache file"));
}

TEST_CASE("keys depend on everything that was added, in its order") {
  const TemporaryFolder folder;
  const auto key = [](auto... texts) {
    CacheKey made("k", 1);
    (made.add(texts), ...);
    return made.text();
  };
  CHECK(key("a", "bc") != key("ab", "c"));
  CHECK(CacheKey("k", 1).text() != CacheKey("k", 2).text());
  write_file(folder / "a", "one");
  const auto of_file = [&](const std::filesystem::path& path) { return CacheKey("k", 1).add_file(path).text(); };
  const std::string before = of_file(folder / "a");
  CHECK(of_file(folder / "a") == before);
  CHECK(of_file(folder / "./a") == before);
  write_file(folder / "a", "longer");
  CHECK(of_file(folder / "a") != before);
  write_file(folder / "a", "one");
  std::filesystem::last_write_time(folder / "a", std::filesystem::file_time_type::clock::now() + std::chrono::seconds(9));
  CHECK(of_file(folder / "a") != before);
  CHECK_THAT(refusal([&] { of_file(folder / "b"); }), Contains("there is no file"));
}
