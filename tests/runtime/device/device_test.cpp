#include <ingot/runtime/device/device.hpp>

#include <catch2/catch.hpp>

#include <algorithm>
#include <cstring>
#include <utility>

using namespace ingot::runtime;

TEST_CASE("device memory is zeroed and aligned, large blocks to huge pages", "[device]") {
  CpuDevice device(1);
  for (std::size_t bytes : {std::size_t{0}, std::size_t{1}, std::size_t{65}, std::size_t{5} << 20}) {
    const DeviceMemory memory(device, bytes);
    const auto address = reinterpret_cast<std::uintptr_t>(memory.data());
    CHECK(address % INGOT_ALIGNMENT == 0);
    if (bytes > (1u << 20)) CHECK(address % (2u << 20) == 0);
    for (std::size_t i = 0; i < bytes; i += 997) REQUIRE(static_cast<const char*>(memory.data())[i] == 0);
  }
}

TEST_CASE("device memory moves with its owner", "[device]") {
  CpuDevice device(1);
  DeviceMemory a(device, 100);
  void* const data = a.data();
  DeviceMemory b(std::move(a));
  CHECK(b.data() == data);
  DeviceMemory c;
  c = std::move(b);
  CHECK(c.data() == data);
  CHECK(c.size() == 100);
}

TEST_CASE("copies between host and device", "[device]") {
  CpuDevice device(1);
  const DeviceMemory memory(device, 16);
  const char text[16] = "fifteen letters";
  device.copy_from_host(memory.data(), text, 16);
  char back[16] = {};
  device.copy_to_host(back, memory.data(), 16);
  CHECK(std::strcmp(back, text) == 0);
  device.zero(memory.data(), 16);
  device.copy_to_host(back, memory.data(), 16);
  CHECK(back[0] == 0);
}

TEST_CASE("the processor has a target that objects are built for", "[device]") {
  const auto target = cpu_target();
  CHECK((target == "" || target == "x86-64-v3" || target == "x86-64-v4"));
  const auto all = cpu_targets();
  CHECK((std::ranges::find(all, target) == all.end()) == target.empty());
  CHECK((all.empty() || all.back() == "x86-64-v3"));
  CHECK(available_threads() >= 1);
}
