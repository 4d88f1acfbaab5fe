#include <ingot/runtime/train/checkpoint.hpp>

#include <catch2/catch.hpp>
#include <ingot/runtime/data/atomic_file.hpp>
#include <ingot/runtime/data/error.hpp>
#include <zlib.h>

#include <cmath>
#include <cstring>
#include <fstream>
#include <limits>
#include <random>

using namespace ingot::runtime;
using Catch::Matchers::Contains;

namespace {

std::filesystem::path file(const char* name) {
  const auto folder = std::filesystem::temp_directory_path() / "ingot_checkpoint_test";
  std::filesystem::create_directories(folder);
  return folder / name;
}

NamedBlock floats(const char* name, std::vector<float> values) {
  NamedBlock block{name, 0, {static_cast<std::uint32_t>(values.size())}, std::vector<std::byte>(values.size() * 4)};
  std::memcpy(block.data.data(), values.data(), block.data.size());
  return block;
}

Checkpoint example() {
  Checkpoint c;
  c.model = "fake";
  c.plan_hash = "0123456789abcdef";
  c.target = "x86-64-v3";
  c.point = "units=4";
  c.hp_names = {"units", "rate"};
  c.hp_values = {4, 0.1};
  c.space_hash = 0xfedcba9876543210u;
  c.seed = std::numeric_limits<std::uint64_t>::max();
  c.data = 77;
  c.rows = 1000;
  c.batch = 32;
  c.epoch = 2;
  c.batches_done = 5;
  c.step = 67;
  c.seconds = 1.25;
  c.validation_seconds = 0.75;
  c.reason = "stop_when: \"loss\" 0.4 is below 0.5";
  c.sums = {0.1 + 0.2, 3};
  c.sum_rows = 160;
  c.stopping.wait = 1;
  c.stopping.best_epoch = 1;
  c.stopping.best = std::numeric_limits<double>::quiet_NaN();
  c.stopping.saved = true;
  c.epochs = 7;
  c.plateau = PlateauRate::State{0.025, 3, 1, 0.1 + 0.2};
  c.history_columns = {"loss", "val_loss"};
  c.history = {1.5, std::numeric_limits<double>::infinity(), 1.0 / 3, 2};
  c.states = {floats("hidden.kernel", {1, 2, 3}), floats("hidden.kernel/adam.m", {0, 0, 1e-40f})};
  c.best = {floats("hidden.kernel", {9, 8, 7})};
  return c;
}

std::string sealed(std::string bytes) {
  const auto crc = static_cast<std::uint32_t>(crc32_z(0, reinterpret_cast<const Bytef*>(bytes.data()), bytes.size() - 4));
  std::memcpy(bytes.data() + bytes.size() - 4, &crc, 4);
  return bytes;
}

/// There are thousands of them; a file that is replaced in place would be flushed by some file systems.
void write_unsynced(const std::filesystem::path& path, std::string_view bytes) {
  std::filesystem::remove(path);
  std::ofstream(path, std::ios::binary) << bytes;
}

/// One sentence that names the file, or a checkpoint; anything else fails the test.
void read_or_refuse(const std::filesystem::path& path, const std::string& bytes) {
  write_unsynced(path, bytes);
  try {
    static_cast<void>(read_checkpoint(path));
  } catch (const UserError& error) {
    const std::string text = error.what();
    CHECK_THAT(text, Contains(path.string()));
    CHECK(text.find('\n') == std::string::npos);
  }
}

}  // namespace

TEST_CASE("a checkpoint comes back as it was", "[checkpoint]") {
  const Checkpoint a = example();
  write_checkpoint(file("same"), a);
  const Checkpoint b = read_checkpoint(file("same"));
  CHECK(b.seed == a.seed);
  CHECK(b.space_hash == a.space_hash);
  CHECK(b.hp_values == a.hp_values);
  CHECK(b.sums == a.sums);
  CHECK(b.history == a.history);
  CHECK(b.history_columns == a.history_columns);
  CHECK(b.stopping.wait == 1);
  CHECK(std::isnan(*b.stopping.best));
  CHECK_FALSE(b.stopping.stopped_epoch);
  CHECK(b.epochs == 7);
  REQUIRE(b.plateau);
  CHECK((b.plateau->rate == 0.025 && b.plateau->wait == 3 && b.plateau->cooldown == 1 && b.plateau->best == 0.1 + 0.2));
  CHECK((b.seconds == a.seconds && b.validation_seconds == a.validation_seconds && b.reason == a.reason));
  REQUIRE(b.states.size() == 2);
  CHECK(b.states[1].name == "hidden.kernel/adam.m");
  CHECK(b.states[1].data == a.states[1].data);
  REQUIRE(b.best.size() == 1);
  CHECK(b.best[0].data == a.best[0].data);
}

TEST_CASE("what is no checkpoint is refused with the reason", "[checkpoint]") {
  CHECK_THROWS_WITH(read_checkpoint(file("missing") / "x"), Contains("missing"));
  write_atomically(file("text"), "this is a text, and not a short one");
  CHECK_THROWS_WITH(read_checkpoint(file("text")), Contains("it is no checkpoint"));
  write_checkpoint(file("version"), example());
  std::string bytes = read_whole_file(file("version"));
  bytes[8] = 9;
  write_atomically(file("version"), bytes);
  CHECK_THROWS_WITH(read_checkpoint(file("version")), Contains("format version 9"));
}

TEST_CASE("cut files are refused", "[checkpoint]") {
  write_checkpoint(file("cut"), example());
  const std::string bytes = read_whole_file(file("cut"));
  for (std::size_t n = 0; n < bytes.size(); n += 13) {
    write_unsynced(file("cut"), bytes.substr(0, n));
    CHECK_THROWS_AS(read_checkpoint(file("cut")), UserError);
  }
}

TEST_CASE("changed files never crash, with and without a matching checksum", "[checkpoint]") {
  write_checkpoint(file("fuzz"), example());
  const std::string bytes = read_whole_file(file("fuzz"));
  std::mt19937 random(1);
  for (int round = 0; round < 3000; ++round) {
    std::string changed = bytes;
    const std::size_t changes = 1 + random() % 3;
    for (std::size_t c = 0; c < changes; ++c) changed[random() % changed.size()] = static_cast<char>(random() % 256);
    if (round % 3 == 0) changed.resize(20 + random() % (changed.size() - 20));
    read_or_refuse(file("fuzz"), round % 2 == 0 ? sealed(changed) : changed);
  }
}

TEST_CASE("a write that fails leaves the old checkpoint whole", "[checkpoint]") {
  write_checkpoint(file("old"), example());
  Checkpoint next = example();
  next.epoch = 3;
  CHECK_THROWS_AS(write_checkpoint(file("old") / "below a file", next), Error);
  CHECK(read_checkpoint(file("old")).epoch == 2);
}
