// The folder of cache files: its limit, what goes first, what is cleared.
#include <ingot/runtime/cache/cache_folder.hpp>

#include "runtime/data/support.hpp"

#include <catch2/catch.hpp>
#include <ingot/runtime/cache/cache_file.hpp>

using namespace ingot::runtime;
using namespace ingot::runtime::testing;

namespace {

using namespace std::chrono_literals;

void add(const TemporaryFolder& folder, const std::string& name, std::size_t bytes, std::chrono::hours age) {
  write_file(folder / name, std::string(bytes, 'x'));
  std::filesystem::last_write_time(folder / name, std::filesystem::file_time_type::clock::now() - age);
}

std::vector<std::string> names(const std::vector<CacheEntry>& entries) {
  std::vector<std::string> all;
  for (const CacheEntry& entry : entries) all.push_back(entry.path.filename().string());
  return all;
}

using Names = std::vector<std::string>;

}  // namespace

TEST_CASE("files are listed by their last use; nothing else is") {
  const TemporaryFolder folder;
  CHECK(list_cache(folder / "none").empty());
  add(folder, "a.rows", 100, 3h);
  add(folder, "b.rows", 200, 1h);
  add(folder, "notes.txt", 10, 1h);
  CHECK(names(list_cache(folder.path())) == Names{"b.rows", "a.rows"});
  CHECK(list_cache(folder.path())[1].bytes == 100);
  touch_cache_file(folder / "a.rows");
  CHECK(names(list_cache(folder.path())) == Names{"a.rows", "b.rows"});
}

TEST_CASE("room is made by removing the files used longest ago") {
  const TemporaryFolder folder;
  add(folder, "a.rows", 100, 3h);
  add(folder, "b.rows", 100, 1h);
  add(folder, "c.rows", 100, 2h);
  CHECK(make_room(folder.path(), 100, 400));
  CHECK(list_cache(folder.path()).size() == 3);
  CHECK(make_room(folder.path(), 150, 400));
  CHECK(names(list_cache(folder.path())) == Names{"b.rows", "c.rows"});
  CHECK_FALSE(make_room(folder.path(), 401, 400));
  CHECK(list_cache(folder.path()).size() == 2);
  CHECK(make_room(folder.path(), 400, 400));
  CHECK(list_cache(folder.path()).empty());
}

TEST_CASE("parts of killed processes go, those being filled stay") {
  const TemporaryFolder folder;
  write_file(folder / "killed.part", "half");
  const auto writer = CacheFileWriter::begin(folder.path(), CacheKey("k", 1), {4, {8}});
  CHECK(make_room(folder.path(), 10, 1 << 20));
  REQUIRE(list_cache(folder.path()).size() == 1);
  CHECK_FALSE(list_cache(folder.path())[0].complete);
  add(folder, "a.rows", 100, 3h);
  write_file(folder / "notes.txt", "mine");
  CHECK(names(clear_cache(folder.path())) == Names{"a.rows"});
  CHECK(std::filesystem::exists(folder / "notes.txt"));
  CHECK(list_cache(folder.path()).size() == 1);
}
