// The simulated driver finds what it is there to find: each case does one thing wrong.
#include "cuda/context.hpp"
#include "cuda/driver.hpp"
#include "runtime/cuda/support.hpp"

#include <catch2/catch.hpp>

#include <csetjmp>
#include <csignal>
#include <cstring>

using namespace ingot::runtime::cuda;
using namespace ingot::test;
using Catch::Matchers::Contains;

namespace {

/// A context of the simulated driver, and two streams.
struct Fixture {
  explicit Fixture(const std::string& plan = {}) : device(simulated_device(plan)) {}
  CUdeviceptr allocate(std::size_t bytes) {
    CUdeviceptr block = 0;
    REQUIRE(driver.allocate(&block, bytes) == CUDA_SUCCESS);
    return block;
  }
  std::unique_ptr<ingot::runtime::CudaDevice> device;
  const Driver& driver = open_driver(SIMULATED_CUDA, "test");
  Context context{driver, 0};
  Stream first = make_stream(context), second = make_stream(context);
  PinnedMemory host{context, 64};
};

std::jmp_buf after_fault;
void on_fault(int) { std::longjmp(after_fault, 1); }

bool host_can_read(CUdeviceptr address) {
  struct sigaction own = {}, before = {};
  own.sa_handler = on_fault;
  own.sa_flags = SA_NODEFER;
  sigaction(SIGSEGV, &own, &before);
  volatile bool readable = false;
  if (setjmp(after_fault) == 0) {
    const volatile char byte = *reinterpret_cast<const volatile char*>(address);
    static_cast<void>(byte);
    readable = true;
  }
  sigaction(SIGSEGV, &before, nullptr);
  return readable;
}

}  // namespace

TEST_CASE("the host cannot touch memory of the device", "[simulated]") {
  Fixture f;
  const CUdeviceptr block = f.allocate(64);
  CHECK_FALSE(host_can_read(block));
  CHECK(host_can_read(reinterpret_cast<CUdeviceptr>(f.host.data())));
  f.driver.release(block);
}

TEST_CASE("new memory is not zero", "[simulated]") {
  Fixture f;
  const CUdeviceptr block = f.allocate(64);
  std::memset(f.host.data(), 0, 64);
  f.driver.copy_to_host(f.host.data(), block, 64, f.first.get());
  f.driver.stream_synchronize(f.first.get());
  CHECK(f.host.data()[0] != std::byte{0});
  f.driver.release(block);
}

TEST_CASE("what is used after it was freed, or freed twice, or left", "[simulated]") {
  {
    Fixture f;
    const CUdeviceptr block = f.allocate(64);
    f.driver.release(block);
    CHECK(f.driver.set_bytes(block, 0, 64, f.first.get()) == CUDA_ERROR_INVALID_VALUE);
    CHECK_THAT(wrongs(), Contains("a copy touches 64 bytes of a freed block"));
    f.driver.release(block);
    CHECK_THAT(wrongs(), Contains("a block is freed twice"));
    f.allocate(10);
  }
  CHECK_THAT(wrongs(), Contains("1 blocks of memory are left when the context is released"));
}

TEST_CASE("copies beyond a block, and of host memory that is not pinned", "[simulated]") {
  Fixture f;
  const CUdeviceptr block = f.allocate(64);
  char pageable[64] = {};
  CHECK(f.driver.set_bytes(block + 1, 0, 64, f.first.get()) == CUDA_ERROR_INVALID_VALUE);
  CHECK_THAT(wrongs(), Contains("64 bytes outside of all blocks of the device"));
  CHECK(f.driver.copy_to_device(block, pageable, 64, f.first.get()) == CUDA_ERROR_INVALID_VALUE);
  CHECK_THAT(wrongs(), Contains("host memory that is not pinned"));
  CHECK(f.driver.set_bytes(block, 0, 64, nullptr) == CUDA_ERROR_INVALID_HANDLE);
  CHECK_THAT(wrongs(), Contains("the default stream is used"));
  f.driver.release(block);
}

// Over the seeds some read what was there before, unless the streams are ordered by an event.
TEST_CASE("two streams without an event have no order", "[simulated]") {
  int stale = 0, stale_ordered = 0;
  for (int seed = 1; seed <= 20; ++seed) {
    for (const bool ordered : {false, true}) {
      Fixture f("seed " + std::to_string(seed));
      const CUdeviceptr block = f.allocate(64);
      const Event done = make_event(f.context);
      f.driver.set_bytes(block, 7, 64, f.first.get());
      f.driver.event_record(done.get(), f.first.get());
      if (ordered) f.driver.stream_wait(f.second.get(), done.get(), 0);
      f.driver.copy_to_host(f.host.data(), block, 64, f.second.get());
      f.driver.stream_synchronize(f.second.get());
      (ordered ? stale_ordered : stale) += f.host.data()[0] != std::byte{7} ? 1 : 0;
      f.driver.release(block);
    }
  }
  CHECK(stale > 0);
  CHECK(stale_ordered == 0);
}

TEST_CASE("a copy may run late: who does not wait reads too early", "[simulated]") {
  int early = 0;
  for (int seed = 1; seed <= 20; ++seed) {
    Fixture f("seed " + std::to_string(seed));
    const CUdeviceptr block = f.allocate(64);
    f.host.data()[0] = std::byte{1};
    f.driver.set_bytes(block, 7, 64, f.first.get());
    f.driver.copy_to_host(f.host.data(), block, 64, f.first.get());
    early += f.host.data()[0] != std::byte{7} ? 1 : 0;
    f.driver.stream_synchronize(f.first.get());
    CHECK(f.host.data()[0] == std::byte{7});
    f.driver.release(block);
  }
  CHECK(early > 0);
}

TEST_CASE("a captured graph runs when it is launched, and waiting breaks a capture", "[simulated]") {
  Fixture f;
  const CUdeviceptr block = f.allocate(64);
  CUgraph graph = nullptr;
  f.driver.capture_begin(f.first.get(), CU_STREAM_CAPTURE_MODE_THREAD_LOCAL);
  f.driver.set_bytes(block, 7, 64, f.first.get());
  f.driver.copy_to_host(f.host.data(), block, 64, f.first.get());
  REQUIRE(f.driver.capture_end(f.first.get(), &graph) == CUDA_SUCCESS);
  std::memset(f.host.data(), 0, 64);
  f.driver.stream_synchronize(f.first.get());
  CHECK(f.host.data()[0] == std::byte{0});
  CUgraphExec exec = nullptr;
  f.driver.graph_instantiate(&exec, graph, 0);
  f.driver.graph_launch(exec, f.first.get());
  f.driver.stream_synchronize(f.first.get());
  CHECK(f.host.data()[0] == std::byte{7});
  f.driver.graph_exec_destroy(exec);
  f.driver.graph_destroy(graph);
  CHECK(wrongs() == "");

  f.driver.capture_begin(f.first.get(), CU_STREAM_CAPTURE_MODE_THREAD_LOCAL);
  CHECK(f.driver.stream_synchronize(f.first.get()) == CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED);
  CHECK(f.driver.capture_end(f.first.get(), &graph) == CUDA_ERROR_STREAM_CAPTURE_INVALIDATED);
  CHECK_THAT(wrongs(), Contains("waits for a stream that captures"));
  f.driver.release(block);
}

TEST_CASE("a plan that cannot be read quotes the line", "[simulated]") {
  REQUIRE_THROWS_WITH(simulated_device("devices 1\nallocation none"), "a fault plan has the line 'allocation none'");
  REQUIRE_THROWS_WITH(simulated_device("break 3"), "a fault plan has the line 'break 3'");
}
