// The kernel cache on disk: what was stored comes back, everything else is absent, whoever writes at the same time.
#include "cache/object_cache.hpp"

#include "cache/content_hash.hpp"

#include <catch2/catch.hpp>

#include <fstream>
#include <sys/wait.h>
#include <unistd.h>

using ingot::codegen::content_hash;
using ingot::codegen::ObjectCache;
using ingot::codegen::to_hex;
namespace fs = std::filesystem;

namespace {

struct Folder {
  Folder() {
    std::string name = (fs::temp_directory_path() / "ingot_cache_XXXXXX").string();
    path = ::mkdtemp(name.data());
  }
  ~Folder() { fs::remove_all(path); }
  fs::path path;
};

std::string key_of(std::string_view text) { return to_hex(content_hash(text)); }

std::string read(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

void write(const fs::path& path, const std::string& bytes) { std::ofstream(path, std::ios::binary) << bytes; }

std::size_t files_in(const fs::path& path) {
  std::size_t count = 0;
  for (const auto& entry : fs::recursive_directory_iterator(path)) count += entry.is_regular_file() ? 1 : 0;
  return count;
}

}  // namespace

TEST_CASE("content hash is FNV-1a of 128 bits") {
  CHECK(to_hex(content_hash("")) == "6c62272e07bb014262b821756295c58d");
  CHECK(to_hex(content_hash("hello")) == "e3e1efd54283d94f7081314b599d31b3");  // reference vector of the draft's code
}

TEST_CASE("what was stored is found, by another object and under its key only") {
  const Folder folder;
  const std::string object(
      "\x7f"
      "ELF\0 with zeros",
      16);
  ObjectCache(folder.path / "new").store(key_of("a"), object);
  ObjectCache cache(folder.path / "new");
  CHECK(cache.find(key_of("a")) == object);
  CHECK(cache.find(key_of("b")).empty());
  CHECK(cache.path_of(key_of("a")).parent_path().filename() == key_of("a").substr(0, 2));
  CHECK(files_in(folder.path) == 1);
}

TEST_CASE("an entry with any damage is absent, and the next store replaces it") {
  const Folder folder;
  ObjectCache cache(folder.path);
  const std::string key = key_of("k");
  const std::string object(300, 'x');
  cache.store(key, object);
  const std::string bytes = read(cache.path_of(key));
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    std::string damaged = bytes;
    damaged[at] = static_cast<char>(damaged[at] ^ 0x10);
    write(cache.path_of(key), damaged);
    REQUIRE(cache.find(key).empty());
  }
  for (const std::size_t length : {std::size_t{0}, std::size_t{10}, bytes.size() - 1}) {
    write(cache.path_of(key), bytes.substr(0, length));
    REQUIRE(cache.find(key).empty());
  }
  write(cache.path_of(key), bytes + "more");
  CHECK(cache.find(key).empty());
  cache.store(key, object);
  CHECK(cache.find(key) == object);
}

TEST_CASE("an entry under another key's name is absent") {
  const Folder folder;
  ObjectCache cache(folder.path);
  cache.store(key_of("a"), "object of a");
  fs::create_directories(cache.path_of(key_of("b")).parent_path());
  fs::copy_file(cache.path_of(key_of("a")), cache.path_of(key_of("b")));
  CHECK(cache.find(key_of("b")).empty());
}

TEST_CASE("keys are no paths") {
  const Folder folder;
  ObjectCache cache(folder.path);
  cache.store("../../../../../../../tmp/outside", "object");
  CHECK(cache.find("../../../../../../../tmp/outside").empty());
  CHECK(cache.find("").empty());
  CHECK(files_in(folder.path) == 0);
}

TEST_CASE("a folder that cannot be used only loses entries") {
  const Folder folder;
  write(folder.path / "file", "not a folder");
  ObjectCache cache(folder.path / "file");
  CHECK_NOTHROW(cache.store(key_of("a"), "object"));
  CHECK(cache.find(key_of("a")).empty());
}

TEST_CASE("several processes write and read the same entries") {
  const Folder folder;
  constexpr int processes = 4, keys = 8, rounds = 40;
  const auto object = [](int k) { return std::string(5000 + static_cast<std::size_t>(k), static_cast<char>('a' + k)); };
  std::vector<pid_t> children;
  for (int p = 0; p < processes; ++p) {
    const pid_t child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) {
      ObjectCache cache(folder.path);
      bool good = true;
      for (int i = 0; i < rounds * keys; ++i) {
        const int k = (i + p) % keys;
        cache.store(key_of(std::to_string(k)), object(k));
        good = good && cache.find(key_of(std::to_string(k))) == object(k);  // a reader never sees half of an entry
      }
      ::_exit(good ? 0 : 1);
    }
    children.push_back(child);
  }
  for (const pid_t child : children) {
    int status = 0;
    ::waitpid(child, &status, 0);
    CHECK(status == 0);
  }
  CHECK(files_in(folder.path) == keys);
}
