#include "cuda/memory_pool.hpp"

#include "runtime/cuda/support.hpp"

#include <catch2/catch.hpp>
#include <ingot/runtime/data/error.hpp>

using namespace ingot::runtime;
using namespace ingot::test;
using Catch::Matchers::Contains;

namespace {

struct Fixture {
  explicit Fixture(const std::string& plan = {}) : device(simulated_device(plan)) {}
  std::unique_ptr<CudaDevice> device;
  cuda::Context context{cuda::open_driver(SIMULATED_CUDA, "test"), 0};
};

}  // namespace

TEST_CASE("a block that is given back serves the next of about its size", "[cuda]") {
  Fixture f;
  cuda::MemoryPool pool(f.context);
  const std::uint64_t before = reported("allocations");
  const cuda::CUdeviceptr first = pool.allocate(10000);
  CHECK(first % 256 == 0);
  pool.release(first);
  CHECK(pool.allocate(9000) == first);
  const cuda::CUdeviceptr second = pool.allocate(9000);  // the first is in use
  CHECK(second != first);
  pool.release(second);
  const cuda::CUdeviceptr small = pool.allocate(1000);  // would waste most of the second
  CHECK(small != second);
  CHECK(reported("allocations") == before + 3);
  pool.release(first);
  pool.release(small);
}

TEST_CASE("kept blocks go back before the device is out of memory", "[cuda]") {
  Fixture f("memory 10000000");  // 4 MiB of pinned buffers do not count
  cuda::MemoryPool pool(f.context);
  pool.release(pool.allocate(6000000));
  const cuda::CUdeviceptr large = pool.allocate(9000000);
  CHECK(pool.available() < 1000000);
  REQUIRE_THROWS_WITH(pool.allocate(2000000), Contains("cuda:0: cannot allocate 2000128 bytes of its memory, ") &&
                                                  Contains(" are free: CUDA_ERROR_OUT_OF_MEMORY (out of memory); use a smaller batch"));
  pool.release(large);
}

TEST_CASE("an emptied pool leaves nothing behind", "[cuda]") {
  {
    Fixture f;
    cuda::MemoryPool pool(f.context);
    {
      const cuda::PoolBlock block(pool, 100), moved(pool, 5);
    }
    CHECK(reported("alive_blocks") == 2);
  }
  CHECK(reported("alive_blocks") == 0);
  CHECK(wrongs() == "");
}
