// Event files: bytes against TensorBoard's own writer (golden/events.txt, made by tests/golden/tensorboard_events.py), what is kept of a
// file when a run goes on, and what damaged files do.
#include "report/event_file.hpp"
#include "report/event_record.hpp"
#include "report/tensorboard.hpp"
#include "runtime/search/scratch.hpp"
#include "runtime/support/fake_data.hpp"

#include <catch2/catch.hpp>
#include <ingot/runtime/data/atomic_file.hpp>

#include <cmath>
#include <fstream>
#include <limits>
#include <random>

using namespace ingot::runtime;

namespace {

std::string hex(const std::string& bytes) {
  constexpr const char* digits = "0123456789abcdef";
  std::string text;
  for (const char c : bytes) {
    text += digits[static_cast<unsigned char>(c) >> 4];
    text += digits[static_cast<unsigned char>(c) & 15u];
  }
  return text;
}

std::vector<std::string> golden() {
  std::ifstream file(GOLDEN_EVENTS);
  std::vector<std::string> lines;
  for (std::string line; std::getline(file, line);) lines.push_back(line);
  return lines;
}

/// The steps of the events of a file whose checksums all fit; fails when the file has anything else.
std::vector<std::int64_t> steps(const std::filesystem::path& path) {
  const std::string content = read_whole_file(path);
  std::vector<std::int64_t> all;
  const std::uint64_t whole = kept_bytes(content, [&](std::string_view record) {
    all.push_back(event_step(record).value());
    return true;
  });
  CHECK(whole == content.size());
  return all;
}

void train(const std::filesystem::path& folder, std::uint32_t epochs, bool resume) {
  TrainOptions options = declared_options(Point(fake::model()));
  options.epochs = epochs;
  options.out = folder;
  options.resume = resume;
  ProgramSource source(fake::model());
  CpuDevice device(1);
  Trainer trainer(source, Point(fake::model()), device, options);
  TensorBoardWriter writer(trainer.instance(), folder / "events");
  trainer.run({fake::dataset(80, 1), fake::dataset(40, 2)}, &writer);
}

}  // namespace

TEST_CASE("records are byte for byte those of TensorBoard's writer", "[events]") {
  const std::vector<std::string> wanted = golden();
  REQUIRE(wanted.size() == 3);
  CHECK(hex(framed_record(EventRecord::file_version(1700000000.0))) == wanted[0]);
  EventRecord scalars(1700000000.5, 300);
  scalars.add_scalar("epoch_loss", 0.25f);
  scalars.add_scalar("epoch_accuracy", 0);
  CHECK(hex(framed_record(scalars.bytes())) == wanted[1]);
  EventRecord histogram(1700000001.0, 1);
  histogram.add_histogram("hidden/kernel", {-1, 2, 4, 2, 6, {0.5, 2}, {3, 1}});
  CHECK(hex(framed_record(histogram.bytes())) == wanted[2]);
}

TEST_CASE("every finite value is in one bucket of a histogram", "[events]") {
  std::vector<float> values(301);
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = static_cast<float>(i) / 100;
  values.push_back(std::numeric_limits<float>::infinity());
  const EventHistogram h = event_histogram(values);
  CHECK((h.minimum == 0 && h.maximum == 3 && h.count == 301));
  REQUIRE(h.limits.size() == 30);
  CHECK(h.limits.back() == 3);
  double sum = 0;
  for (const double count : h.counts) {
    CHECK(std::abs(count - 10) <= 1);
    sum += count;
  }
  CHECK(sum == 301);
  const EventHistogram equal = event_histogram(std::vector<float>(7, 2.5f));
  CHECK((equal.limits == std::vector<double>{2.5} && equal.counts == std::vector<double>{7}));
  CHECK(event_histogram({}).limits.empty());
}

TEST_CASE("a resumed run appends, each epoch once; a new one begins anew", "[events]") {
  const Scratch scratch;
  train(scratch.path, 2, false);
  const std::filesystem::path file = scratch.path / "events" / "train" / "events.out.tfevents.ingot",
                              validation = scratch.path / "events" / "validation" / "events.out.tfevents.ingot";
  CHECK(steps(file) == std::vector<std::int64_t>{0, 1, 2});
  // As after a kill: a third epoch that no checkpoint has, and half a record.
  EventRecord repeated(1, 3);
  repeated.add_scalar("epoch_loss", 1);
  std::ofstream(file, std::ios::app | std::ios::binary) << framed_record(repeated.bytes()) << framed_record(repeated.bytes()).substr(0, 20);
  train(scratch.path, 4, true);
  CHECK(steps(file) == std::vector<std::int64_t>{0, 1, 2, 3, 4});
  CHECK(steps(validation) == std::vector<std::int64_t>{0, 1, 2, 3, 4});
  train(scratch.path, 1, false);
  CHECK(steps(file) == std::vector<std::int64_t>{0, 1});
}

TEST_CASE("of a damaged file the records before the damage are kept", "[events]") {
  std::string content;
  for (std::int64_t step = 1; step <= 5; ++step) {
    EventRecord record(1, step);
    record.add_scalar("epoch_loss", 1);
    content += framed_record(record.bytes());
  }
  const std::size_t size = content.size() / 5;
  const auto all = [](std::string_view record) { return event_step(record).has_value(); };
  std::mt19937 random(4);
  for (int round = 0; round < 2000; ++round) {
    std::string damaged = content;
    const std::size_t at = random() % damaged.size();
    damaged[at] = static_cast<char>(damaged[at] ^ (1 << random() % 8));
    CHECK(kept_bytes(damaged, all) == at / size * size);
  }
  for (std::size_t cut = 0; cut <= content.size(); ++cut)
    CHECK(kept_bytes(std::string_view(content).substr(0, cut), all) == cut / size * size);
}

TEST_CASE("bytes that are no event have no step", "[events]") {
  EventRecord record(1, 12345);
  record.add_scalar("a", 1);
  CHECK(event_step(record.bytes()) == 12345);
  CHECK(event_step("") == 0);
  CHECK_FALSE(event_step("\x0a\xff"));               // a text longer than the rest
  CHECK_FALSE(event_step("\x0f"));                   // an unknown type
  CHECK_FALSE(event_step(std::string(12, '\xff')));  // a number without end
}
