#include "cuda/jit_link.hpp"

#include "cuda/dynamic_library.hpp"

#include <catch2/catch.hpp>
#include <ingot/runtime/data/error.hpp>

#include <cstring>

using namespace ingot::runtime;
using Catch::Matchers::Contains;
using Catch::Matchers::StartsWith;

namespace {

constexpr const char* empty_kernel = ".version 7.0\n.target sm_80\n.address_size 64\n.visible .entry nothing()\n{\n  ret;\n}\n";

bool has_library() { return cuda::DynamicLibrary({"libnvJitLink.so.13", "libnvJitLink.so.12", "libnvJitLink.so"}).is_open(); }

}  // namespace

TEST_CASE("PTX becomes machine code without a driver", "[cuda]") {
  if (!has_library()) {
    REQUIRE_THROWS_WITH(cuda::cubin_from_ptx(empty_kernel, 80), StartsWith("the driver cannot compile PTX, and libnvJitLink.so.13: "));
    return;
  }
  for (const int sm : {80, 90, 120}) {
    const std::vector<std::byte> cubin = cuda::cubin_from_ptx(empty_kernel, sm);
    REQUIRE(cubin.size() > 64);
    CHECK(std::memcmp(cubin.data(),
                      "\x7f"
                      "ELF",
                      4) == 0);
  }
  REQUIRE_THROWS_AS(cuda::cubin_from_ptx("this is no PTX", 80), MachineError);
  REQUIRE_THROWS_WITH(cuda::cubin_from_ptx("this is no PTX", 80), StartsWith("nvJitLink cannot ") && Contains("PTX: error "));
}
