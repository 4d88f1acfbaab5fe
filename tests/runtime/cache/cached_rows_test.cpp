// Rows of a slow source are made once each, whoever asks.
#include <ingot/runtime/cache/cached_rows.hpp>

#include "runtime/data/support.hpp"

#include <catch2/catch.hpp>
#include <ingot/runtime/data/atomic_file.hpp>

#include <atomic>
#include <csignal>
#include <cstring>
#include <sys/resource.h>
#include <thread>

using namespace ingot::runtime;
using namespace ingot::runtime::testing;

namespace {

constexpr std::uint64_t row_bytes = 24;

struct CountedRows final : RowSource {
  mutable std::atomic<int> made = 0;
  void read(std::span<const std::uint32_t> rows, std::byte* to) const override {
    for (const std::uint32_t row : rows) {
      for (std::uint64_t i = 0; i < row_bytes; ++i) *to++ = static_cast<std::byte>(row * 5 + i);
      ++made;
    }
  }
};

void check_read(const RowSource& source, const std::vector<std::uint32_t>& rows) {
  std::vector<std::byte> got(rows.size() * row_bytes), want(got.size());
  source.read(rows, got.data());
  CountedRows().read(rows, want.data());
  REQUIRE(got == want);
}

}  // namespace

TEST_CASE("rows below the capacity are made once") {
  const auto slow = std::make_shared<CountedRows>();
  const auto rows = cached_rows(slow, row_bytes, memory_store(10, row_bytes, 6 * row_bytes + 5));
  check_read(*rows, {9, 3, 0});
  check_read(*rows, {3, 1, 0, 3});
  CHECK(slow->made == 4);
  check_read(*rows, {0, 1, 2, 3, 4, 5, 6, 7, 8, 9});
  CHECK(slow->made == 4 + 3 + 4);
  check_read(*rows, {5, 4, 9, 6});
  CHECK(slow->made == 11 + 2);
}

TEST_CASE("without room nothing is kept") {
  const auto slow = std::make_shared<CountedRows>();
  const auto rows = cached_rows(slow, row_bytes, memory_store(10, row_bytes, row_bytes - 1));
  for (int i = 0; i < 2; ++i) check_read(*rows, {1, 2});
  CHECK(slow->made == 4);
}

TEST_CASE("a file is complete when every row was asked for, by whichever threads") {
  const TemporaryFolder folder;
  const CacheKey key("k", 1);
  constexpr std::uint32_t count = 500;
  const CacheExtents extents{count, {row_bytes}};
  const auto slow = std::make_shared<CountedRows>();
  const auto store = [&] { return file_store(CacheFileWriter::begin(folder.path(), key, extents), extents, "all", 1, {}); };
  const auto rows = cached_rows(slow, row_bytes, store());
  std::vector<std::thread> threads;
  for (std::uint32_t t = 0; t < 4; ++t)
    threads.emplace_back([&, t] {
      for (std::uint32_t i = 0; i < count; ++i) {
        std::byte row[row_bytes], want[row_bytes];
        const std::uint32_t number = (i * 7 + t * 131) % count;
        rows->read({&number, 1}, row);
        CountedRows().read({&number, 1}, want);
        if (std::memcmp(row, want, row_bytes) != 0) std::terminate();
      }
    });
  for (std::thread& thread : threads) thread.join();
  CHECK(slow->made < static_cast<int>(2 * count));
  const CacheFile file = CacheFile::open(cache_file_path(folder.path(), key), key, 1);
  CHECK(file.description() == "all");
  for (std::uint32_t r = 0; r < count; ++r) {
    std::byte want[row_bytes];
    CountedRows().read({&r, 1}, want);
    REQUIRE(std::memcmp(file.table(0).get() + r * row_bytes, want, row_bytes) == 0);
  }
  const int made = slow->made;
  check_read(*rows, {7, 499, 0});
  CHECK(slow->made == made);
}

TEST_CASE("a full disk ends the file, not the run") {
  const TemporaryFolder folder;
  const CacheExtents extents{100, {row_bytes}};
  std::vector<std::string> told;
  const auto slow = std::make_shared<CountedRows>();
  auto writer = CacheFileWriter::begin(folder.path(), CacheKey("k", 1), extents);
  const auto rows =
      cached_rows(slow, row_bytes, file_store(std::move(writer), extents, "", 1, [&](const std::string& line) { told.push_back(line); }));
  check_read(*rows, {0});
  rlimit before{};
  ::getrlimit(RLIMIT_FSIZE, &before);
  const rlimit little{4096 + 2 * row_bytes, before.rlim_max};
  std::signal(SIGXFSZ, SIG_IGN);
  ::setrlimit(RLIMIT_FSIZE, &little);
  for (std::uint32_t r = 0; r < 100; ++r) check_read(*rows, {r});
  check_read(*rows, {0, 1, 50});
  ::setrlimit(RLIMIT_FSIZE, &before);
  REQUIRE(told.size() == 1);
  CHECK(told[0].find("no cache file is written: ") == 0);
  CHECK(slow->made == 100 + 1);
}
