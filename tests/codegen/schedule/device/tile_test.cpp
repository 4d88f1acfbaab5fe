// Tiles of contractions for a device.
#include "schedule/device/tile.hpp"

#include "ir/error.hpp"

#include <catch2/catch.hpp>

#include <utility>

using namespace ingot::codegen;

TEST_CASE("every tile keeps a block busy and fits its shared memory", "[tile]") {
  for (const DeviceTarget& device : device_targets())
    for (const std::int64_t m : {1, 16, 100, 512, 2048, 65536})
      for (const std::int64_t n : {1, 10, 64, 512, 4096}) {
        const ContractionTile t = choose_contraction_tile(m, n, 1, device);
        INFO(device.name << " " << m << " x " << n);
        CHECK(t.row_threads() * t.col_threads() == block_threads);
        CHECK(t.rows * t.depth == 4 * block_threads);  // a run of four of each operand for a thread
        CHECK(t.cols * t.depth == 4 * block_threads);
        CHECK(t.depth % 8 == 0);
        CHECK((t.a_stride() % 4 == 0 && t.b_stride() % 4 == 0));  // 128-bit loads stay aligned
        CHECK(t.shared_floats() * 4 <= 48 * 1024);                // no kernel has to ask for more
      }
}

TEST_CASE("tiles grow with the result, as long as every multiprocessor has one", "[tile]") {
  const DeviceTarget& a100 = find_device_target("sm_80");
  CHECK(choose_contraction_tile(32, 512, 1, a100).rows == 16);      // 64 tiles, fewer than multiprocessors, but the most there are
  CHECK(choose_contraction_tile(784, 512, 1, a100).rows == 32);     // 400 of 32, 104 of 64
  CHECK(choose_contraction_tile(2048, 2048, 1, a100).rows == 128);  // 256 of 128
  CHECK(choose_contraction_tile(288, 64, 16, a100).rows == 32);     // partial sums count
  CHECK(choose_contraction_tile(288, 64, 1, a100).rows == 16);
  CHECK(choose_contraction_tile(1536, 1024, 1, find_device_target("sm_90")).rows == 64);
}

TEST_CASE("every tile of tensor cores is eight warps, and fits the shared memory of every device", "[tile][low]") {
  for (const DeviceTarget& device : device_targets())
    for (const std::int64_t m : {1, 16, 100, 512, 2048, 65536})
      for (const std::int64_t n : {1, 10, 20, 64, 512, 4096}) {
        const MatrixTile t = choose_matrix_tile(m, n, 1, device);
        INFO(device.name << " " << m << " x " << n);
        CHECK(t.rows / t.warp_rows * t.col_warps() * t.k_warps == block_threads / warp_threads);
        CHECK((t.warp_rows % 16 == 0 && t.warp_cols % 16 == 0 && t.depth % (16 * t.k_warps) == 0));
        CHECK(t.shared_bytes() <= device.shared_per_block);
      }
}

TEST_CASE("tiles of tensor cores fit the result first and the multiprocessors then", "[tile][low]") {
  const DeviceTarget& a100 = find_device_target("sm_80");
  const auto chosen = [&](std::int64_t m, std::int64_t n, std::int64_t parts = 1) {
    const MatrixTile t = choose_matrix_tile(m, n, parts, a100);
    return std::pair(t.rows, t.cols);
  };
  CHECK(chosen(2048, 2048) == std::pair(128, 128));  // 256 of them
  CHECK(chosen(1024, 1024) == std::pair(128, 64));   // 128; of 128 x 128 there are 64, and 108 multiprocessors
  CHECK(chosen(131072, 16) == std::pair(128, 16));   // 16 filters: nothing is padded
  CHECK(chosen(131072, 32) == std::pair(128, 32));
  CHECK(chosen(32, 512) == std::pair(16, 16));      // 64, fewer than multiprocessors, but the most there are
  CHECK(chosen(144, 16, 64) == std::pair(16, 16));  // partial sums count, and 128 x 16 would pad too much
}

TEST_CASE("devices are found by name", "[tile]") {
  for (const char* name : {"sm_80", "sm_90", "sm_100", "sm_120"}) CHECK(find_device_target(name).name == name);
  CHECK_THROWS_AS(find_device_target("sm_70"), UserError);
  CHECK(names_device("cuda"));
  CHECK(names_device("cuda-emulated"));
  CHECK_FALSE(names_device("cudax"));
}
