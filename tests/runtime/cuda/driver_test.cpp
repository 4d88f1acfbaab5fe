#include "cuda/context.hpp"
#include "cuda/cublaslt.hpp"
#include "runtime/cuda/support.hpp"

#include <catch2/catch.hpp>
#include <ingot/runtime/data/error.hpp>

using namespace ingot::runtime;
using Catch::Matchers::Contains;
using Catch::Matchers::StartsWith;
using ingot::test::simulated_device;

TEST_CASE("without a driver one sentence says so and what to do", "[cuda]") {
  REQUIRE_THROWS_WITH(cuda::open_driver("/nowhere/libcuda.so", "--device cuda"),
                      StartsWith("--device cuda: the driver of --cuda-driver cannot be opened (/nowhere/libcuda.so: ") &&
                          Contains("; name a library that defines cuInit"));
  if (cuda::DynamicLibrary({"libcuda.so.1"}).is_open()) return;
  REQUIRE_THROWS_WITH(CudaDevice({}),
                      StartsWith("--device cuda:0: this machine has no NVIDIA driver (libcuda.so.1: ") && Contains("; use --device cpu"));
}

TEST_CASE("a function that the driver lacks is named", "[cuda]") {
  REQUIRE_THROWS_WITH(cuda::open_driver(SIMULATED_CUDA_OLD, "--device cuda:0"),
                      Contains("lacks the function cuGraphInstantiateWithFlags; install driver 470"));
  // A library that is no driver at all lacks the first.
  REQUIRE_THROWS_WITH(cuda::open_driver("libc.so.6", "--device cuda:0"), Contains("the driver libc.so.6 lacks the function cuInit"));
}

TEST_CASE("devices that are not there", "[cuda]") {
  simulated_device("devices 1");
  REQUIRE_THROWS_WITH(CudaDevice({3, SIMULATED_CUDA}), "--device cuda:3: this machine has 1 such device, cuda:0; use one of them");
  simulated_device("devices 2");
  REQUIRE_THROWS_WITH(CudaDevice({2, SIMULATED_CUDA}),
                      "--device cuda:2: this machine has 2 such devices, cuda:0 to cuda:1; use one of them");
  REQUIRE_THROWS_WITH(simulated_device("devices 0"), Contains("sees no device; use --device cpu"));
}

TEST_CASE("the driver's words are name and text", "[cuda]") {
  const auto device = simulated_device();
  const cuda::Driver& driver = cuda::open_driver(SIMULATED_CUDA, "test");
  CHECK(driver.words(cuda::CUDA_ERROR_OUT_OF_MEMORY) == "CUDA_ERROR_OUT_OF_MEMORY (out of memory)");
  CHECK(driver.words(4711) == "error 4711");
  REQUIRE_THROWS_AS(driver.check(cuda::CUDA_ERROR_OUT_OF_MEMORY, "cuda:0", "do it"), MachineError);
  REQUIRE_THROWS_WITH(driver.check(cuda::CUDA_ERROR_OUT_OF_MEMORY, "cuda:0", "do it"),
                      "cuda:0: cannot do it: CUDA_ERROR_OUT_OF_MEMORY (out of memory)");
}

TEST_CASE("a device describes itself, with its library of products or why there is none", "[cuda]") {
  const std::string with = simulated_device("memory 3221225472")->describe();
  CHECK_THAT(with, StartsWith("cuda:0: simulated device, compute capability 0.0, 4 multiprocessors, 3.0 GiB, driver ") &&
                       Contains(" for CUDA 13.0, matrix products by " SIMULATED_CUDA));
  CHECK_THAT(CudaDevice({0, SIMULATED_CUDA_WITHOUT_LIBRARY}).describe(),
             Contains("matrix products by our own kernels (" SIMULATED_CUDA_WITHOUT_LIBRARY " lacks the function cublasLtCreate)"));
}

TEST_CASE("a context is released with its device", "[cuda]") {
  {
    const auto device = simulated_device();
  }
  CHECK(ingot::test::reported("contexts") == 0);
  CHECK(ingot::test::wrongs() == "");
}
