// Atomic files, hashes, history.
#include "support.hpp"

#include <catch2/catch.hpp>
#include <ingot/runtime/data/atomic_file.hpp>
#include <ingot/runtime/data/hash.hpp>
#include <ingot/runtime/data/history.hpp>
#include <ingot/runtime/data/mapped_file.hpp>

#include <cmath>
#include <iterator>
#include <limits>
#include <sys/wait.h>
#include <unistd.h>

using namespace ingot::runtime;
using namespace ingot::runtime::testing;
using Catch::Matchers::Contains;

namespace {
auto files_in(const std::filesystem::path& folder) {
  return std::distance(std::filesystem::directory_iterator(folder), std::filesystem::directory_iterator());
}
}  // namespace

TEST_CASE("an atomic file replaces the old one at commit only") {
  const TemporaryFolder folder;
  write_file(folder / "a", "old");
  {
    AtomicFile file(folder / "a");
    file.write("half of");
    CHECK(read_whole_file(folder / "a") == "old");
  }
  CHECK(read_whole_file(folder / "a") == "old");
  CHECK(files_in(folder.path()) == 1);
  write_atomically(folder / "a", "new");
  CHECK(read_whole_file(folder / "a") == "new");
  CHECK(files_in(folder.path()) == 1);
}

TEST_CASE("an atomic file is not written when an exception flies") {
  const TemporaryFolder folder;
  write_file(folder / "a", "old");
  const auto interrupted = [&] {
    AtomicFile file(folder / "a");
    file.write("new");
    throw std::runtime_error("interrupted");
  };
  CHECK_THROWS_AS(interrupted(), std::runtime_error);
  CHECK(read_whole_file(folder / "a") == "old");
  CHECK(files_in(folder.path()) == 1);
}

TEST_CASE("what killed processes left of atomic files is removed, what living ones write is not") {
  const TemporaryFolder folder;
  const pid_t dead = ::fork();
  if (dead == 0) ::_exit(0);
  ::waitpid(dead, nullptr, 0);
  const std::string process = std::to_string(dead);
  const std::vector<std::string> stay = {"a.tmp", ".a.tmp", ".a.b.0.tmp", "a." + process + ".0.tmp", ".a." + process + ".0.tmp2",
                                         ".tmp",  "..tmp"};
  for (const std::string& name : stay) write_atomically(folder / name, "x");
  write_atomically(folder / (".state.ingot." + process + ".12.tmp"), "x");
  {
    AtomicFile living(folder / "b");
    living.write("new");
    remove_abandoned(folder.path());
    living.commit();
  }
  CHECK(read_whole_file(folder / "b") == "new");
  CHECK_FALSE(std::filesystem::exists(folder / (".state.ingot." + process + ".12.tmp")));
  for (const std::string& name : stay) CHECK(std::filesystem::exists(folder / name));
  remove_abandoned(folder / "none");
}

TEST_CASE("files that cannot be written or read say why") {
  const TemporaryFolder folder;
  CHECK_THROWS_WITH(write_atomically(folder / "none/a", "x"), Contains("cannot write") && Contains("none/a: No such file or directory"));
  CHECK_THROWS_AS(write_atomically(folder / "none/a", "x"), MachineError);
  CHECK_THAT(refusal([&] { write_atomically(folder.path(), "x"); }), Contains("is a folder"));
  CHECK_THAT(refusal([&] { read_whole_file(folder / "b"); }), Contains("there is no file") && Contains("/b"));
  CHECK_THAT(refusal([&] { read_whole_file(folder.path()); }), Contains("not a regular file"));
  write_file(folder / "empty", "");
  CHECK(MappedFile::open(folder / "empty")->bytes().empty());
}

TEST_CASE("the content hash is XXH64") {
  const auto hash = [](std::string_view text, std::uint64_t seed = 0) { return ContentHash(seed).add(text).digest(); };
  CHECK(hash("") == 0xef46db3751d8e999u);
  CHECK(hash("a") == 0xd24ec4f1a98c6e5bu);
  CHECK(hash("abc") == 0x44bc2cf5ad770999u);
  CHECK(hash("Nobody inspects the spammish repetition") == 0xfbcea83c8a378bf1u);
  CHECK(hash("xxhash", 20141025) == 0xb559b98d844e0635u);
  CHECK(hash_text(hash("a")) == "d24ec4f1a98c6e5b");
}

TEST_CASE("the content hash does not depend on how the bytes come") {
  std::string text;
  for (int i = 0; i < 200; ++i) text += static_cast<char>(i * 7);
  const std::uint64_t whole = ContentHash().add(text).digest();
  for (std::size_t piece = 1; piece < 70; ++piece) {
    ContentHash hash;
    for (std::size_t at = 0; at < text.size(); at += piece) hash.add(std::string_view(text).substr(at, piece));
    REQUIRE(hash.digest() == whole);
  }
}

TEST_CASE("history round trip") {
  const TemporaryFolder folder;
  History history({"epoch", "loss", "val_loss"});
  const float loss = 0.1234567f;
  history.add({1, loss, std::nan("")});
  history.add({2, 1e-30, std::numeric_limits<double>::infinity()});
  CHECK(history.text() == "epoch,loss,val_loss\n1,0.123456702,nan\n2,1e-30,inf\n");
  history.write(folder / "history.csv");
  History back = History::read(folder / "history.csv");
  CHECK(back.text() == history.text());
  CHECK(static_cast<float>(back.value(0, "loss")) == loss);
  CHECK(std::isnan(back.value(0, "accuracy")));
  back.truncate(1);
  CHECK(back.size() == 1);
  CHECK_THROWS_AS(back.add({1}), std::logic_error);
}

TEST_CASE("damaged histories are refused with line and column") {
  const TemporaryFolder folder;
  const auto reading = [&](std::string_view text) {
    write_file(folder / "h.csv", text);
    return refusal([&] { History::read(folder / "h.csv"); });
  };
  CHECK_THAT(reading(""), Contains("h.csv is empty"));
  CHECK_THAT(reading("epoch,loss\n1,2,3\n"), Contains("line 2: 3 values for 2 columns"));
  CHECK_THAT(reading("epoch,loss\n1,2\n2,x1\n"), Contains("line 3, column 'loss': 'x1' is not a number"));
  CHECK_THAT(reading("epoch,loss\n1,2\n2,"), Contains("line 3: the last line is cut off"));
  CHECK_THAT(reading("epoch,loss\n1,\n"), Contains("line 2, column 'loss': '' is not a number"));
}
