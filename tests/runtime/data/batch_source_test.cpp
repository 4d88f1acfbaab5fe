#include <ingot/runtime/data/batch_source.hpp>

#include <catch2/catch.hpp>
#include <ingot/runtime/data/order.hpp>

#include <cstring>
#include <memory>
#include <vector>

using namespace ingot::runtime;

namespace {

// Row r of the input holds r in every byte pair, the target r: what a batch delivers says which rows it has.
Dataset numbered(std::uint32_t rows, bool resident = true) {
  auto pixels = std::make_shared<std::vector<std::uint8_t>>();
  auto labels = std::make_shared<std::vector<std::int32_t>>();
  for (std::uint32_t r = 0; r < rows; ++r) {
    for (int i = 0; i < 5; ++i) {
      pixels->push_back(static_cast<std::uint8_t>(r));
      pixels->push_back(static_cast<std::uint8_t>(r >> 8));
    }
    labels->push_back(static_cast<std::int32_t>(r));
  }
  Dataset data;
  data.inputs.push_back({"x", INGOT_U8, {10}, rows, {pixels, reinterpret_cast<const std::byte*>(pixels->data())}, resident});
  data.targets.push_back({"y", INGOT_I32, {}, rows, {labels, reinterpret_cast<const std::byte*>(labels->data())}, resident});
  return data;
}

std::vector<std::uint32_t> rows_of(const Batch& batch) {
  std::vector<std::uint32_t> rows;
  for (std::uint32_t r = 0; r < batch.rows; ++r) {
    const std::uint32_t at = batch.index == nullptr ? r : batch.index[r];
    const auto* x = static_cast<const std::uint8_t*>(batch.inputs[0]) + 10 * at;
    const auto y = static_cast<std::uint32_t>(static_cast<const std::int32_t*>(batch.targets[0])[at]);
    REQUIRE((x[0] | x[1] << 8) == static_cast<int>(y));
    REQUIRE((x[8] | x[9] << 8) == static_cast<int>(y));
    rows.push_back(y);
  }
  return rows;
}

// The rest of the epoch that the source is in.
std::vector<std::uint32_t> rest_of_epoch(BatchSource& source, std::uint64_t epoch, std::uint64_t number = 0) {
  std::vector<std::uint32_t> all;
  while (const Batch* batch = source.next()) {
    REQUIRE(batch->epoch == epoch);
    REQUIRE(batch->number == number++);
    const auto rows = rows_of(*batch);
    all.insert(all.end(), rows.begin(), rows.end());
  }
  REQUIRE(number == source.batches_per_epoch());
  return all;
}

std::vector<std::uint32_t> expected(std::uint32_t rows, std::uint64_t seed, std::uint64_t epoch, bool shuffle = true) {
  std::vector<std::uint32_t> order(rows);
  shuffle ? shuffled_order(order, seed, epoch) : file_order(order);
  return order;
}

}  // namespace

TEST_CASE("batches follow the order of the epoch in every mode") {
  for (const std::uint32_t rows : {1u, 31u, 32u, 33u, 1000u, 20001u})
    for (const bool background : {false, true})
      for (const bool staging : {false, true})
        for (const bool shuffle : {false, true}) {
          BatchOptions options{32, 9, shuffle, background, background && !staging, staging};
          BatchSource source(numbered(rows), options);
          REQUIRE(source.batches_per_epoch() == (rows + 31) / 32);
          for (std::uint64_t epoch = 0; epoch < 3; ++epoch) {
            source.start(epoch);
            REQUIRE(rest_of_epoch(source, epoch) == expected(rows, 9, epoch, shuffle));
            REQUIRE(source.next() == nullptr);
          }
        }
}

TEST_CASE("a source goes on at any batch") {
  for (const bool background : {false, true})
    for (const bool staging : {false, true}) {
      BatchSource source(numbered(20000), {32, 4, true, background, false, staging});
      const auto order = expected(20000, 4, 5);
      for (const std::uint64_t first : {0u, 1u, 127u, 128u, 129u, 300u, 624u, 625u}) {
        source.start(5, first);
        const auto begin = static_cast<std::ptrdiff_t>(std::min<std::uint64_t>(first * 32, 20000));
        REQUIRE(rest_of_epoch(source, 5, first) == std::vector<std::uint32_t>(order.begin() + begin, order.end()));
      }
      source.start(6);
      CHECK(rest_of_epoch(source, 6) == expected(20000, 4, 6));
    }
}

TEST_CASE("a source may be turned away in the middle of everything") {
  BatchSource source(numbered(20000), {16, 4, true, true, true, true});
  for (std::uint64_t i = 0; i < 200; ++i) {
    const std::uint64_t epoch = i * 7 % 5, first = i * 131 % 1250;
    source.start(epoch, first);
    for (std::uint64_t b = 0; b < i % 60 && first + b < 1250; ++b) {
      const Batch* batch = source.next();
      REQUIRE(batch != nullptr);
      REQUIRE(batch->number == first + b);
      if (b == 0) REQUIRE(rows_of(*batch)[0] == expected(20000, 4, epoch)[first * 16]);
    }
  }
}

TEST_CASE("the next epoch begins without next() having said that the last one ended") {
  for (const bool background : {false, true}) {
    BatchSource source(numbered(100), {50, 4, true, background, false, false});
    for (std::uint64_t epoch = 0; epoch < 4; ++epoch) {
      source.start(epoch);
      const Batch* first = source.next();
      REQUIRE(rows_of(*first)[0] == expected(100, 4, epoch)[0]);
      REQUIRE(rows_of(*source.next())[0] == expected(100, 4, epoch)[50]);
    }
  }
}

TEST_CASE("data that do not fit into memory are staged") {
  BatchSource source(numbered(70, false), {32, 4, true, true, false, false});
  source.start(0);
  const Batch* batch = source.next();
  CHECK(source.stages());
  CHECK(batch->index == nullptr);
  CHECK(batch->input_dtypes[0] == INGOT_U8);
  CHECK(rows_of(*batch)[0] == expected(70, 4, 0)[0]);
  BatchSource resident(numbered(70), {32, 4, true, true, false, false});
  resident.start(0);
  CHECK(resident.next()->index != nullptr);
  CHECK_FALSE(resident.stages());
}

TEST_CASE("a source without rows or batches is our own mistake") {
  CHECK_THROWS_AS(BatchSource(numbered(0), BatchOptions{}), std::logic_error);
  CHECK_THROWS_AS(BatchSource(numbered(5), BatchOptions{.batch = 0}), std::logic_error);
  BatchSource source(numbered(5), {});
  CHECK_THROWS_AS(source.start(0, 2), std::logic_error);
}
