// The emulator on kernels written by hand in C++, through the interface that compiled kernels use.
#include "support/emulator/emulator.hpp"

#include <catch2/catch.hpp>

using namespace ingot::test;
using Catch::Matchers::Contains;

namespace {

float* shared(ingot_emulated_thread* t, std::size_t i, std::uint32_t kind) {
  auto* place = static_cast<float*>(t->dynamic_shared) + i;
  return static_cast<float*>(t->emulator->shared_access(t, 0, kind, place, sizeof(float)));
}
float* global(const void* const* parameters, ingot_emulated_thread* t, std::size_t i, std::uint32_t kind) {
  auto* base = *static_cast<float* const*>(parameters[0]);
  return static_cast<float*>(t->emulator->global_access(t, 1, kind, base + i, sizeof(float)));
}

/// Each thread reverses the block through shared memory.
void reverse(const void* const* parameters, ingot_emulated_thread* t) {
  const std::uint32_t i = t->thread[0], n = t->block_size[0];
  *shared(t, i, 1) = *global(parameters, t, t->block[0] * n + i, 0);
  t->emulator->barrier(t, 2);
  *global(parameters, t, t->block[0] * n + i, 1) = *shared(t, n - 1 - i, 0);
}
void reverse_without_barrier(const void* const* parameters, ingot_emulated_thread* t) {
  *shared(t, t->thread[0], 1) = static_cast<float>(t->thread[0]);
  *global(parameters, t, t->thread[0], 1) = *shared(t, t->block_size[0] - 1 - t->thread[0], 0);
}
void sum_of_lanes(const void* const* parameters, ingot_emulated_thread* t) {
  std::uint32_t x = t->thread[0];
  for (std::uint32_t d = 16; d > 0; d /= 2) x += t->emulator->shuffle(t, 3, 3, ~0u, x, d, 31);
  *global(parameters, t, t->thread[0], 1) = static_cast<float>(x);
}
void half_of_a_barrier(const void* const*, ingot_emulated_thread* t) {
  if (t->thread[0] % 2 == 0) t->emulator->barrier(t, 2);
}
void half_of_a_shuffle(const void* const*, ingot_emulated_thread* t) {
  if (t->thread[0] % 2 == 0) t->emulator->shuffle(t, 3, 3, ~0u, 1, 1, 31);
}
void two_barriers(const void* const*, ingot_emulated_thread* t) { t->emulator->barrier(t, t->thread[0] < 32 ? 2 : 0); }
void read_unwritten(const void* const* parameters, ingot_emulated_thread* t) {
  *global(parameters, t, t->thread[0], 1) = *shared(t, t->thread[0], 0);
}
void behind_shared(const void* const*, ingot_emulated_thread* t) { *shared(t, 64, 1) = 1; }
void behind_global(const void* const* parameters, ingot_emulated_thread* t) { *global(parameters, t, 128 + t->thread[0], 1) = 1; }
void same_word(const void* const* parameters, ingot_emulated_thread* t) { *global(parameters, t, 5, 1) = 1; }
void neighbours_across_blocks(const void* const* parameters, ingot_emulated_thread* t) {
  const std::uint32_t i = t->block[0] * 64 + t->thread[0];
  *global(parameters, t, i, 1) = *global(parameters, t, (i + 1) % 128, 0);
}

const ingot_emulated_kernel kernels[] = {{"reverse", reverse},
                                         {"reverse_without_barrier", reverse_without_barrier},
                                         {"sum_of_lanes", sum_of_lanes},
                                         {"half_of_a_barrier", half_of_a_barrier},
                                         {"half_of_a_shuffle", half_of_a_shuffle},
                                         {"two_barriers", two_barriers},
                                         {"read_unwritten", read_unwritten},
                                         {"behind_shared", behind_shared},
                                         {"behind_global", behind_global},
                                         {"same_word", same_word},
                                         {"neighbours_across_blocks", neighbours_across_blocks}};
const char* const sites[] = {"shared access", "global access", "barrier", "shuffle"};
const ingot_emulated_image image{std::size(kernels), 0, kernels, sites, std::size(sites)};

struct Device {
  explicit Device(bool writable = true) : numbers(128) {
    for (std::size_t i = 0; i < numbers.size(); ++i) numbers[i] = static_cast<float>(i);
    emulator.memory().add("numbers", numbers.data(), numbers.size() * sizeof(float), writable);
  }
  void launch(const char* kernel, std::uint32_t blocks = 1) {
    float* base = numbers.data();
    const void* const parameters[] = {&base};
    emulator.launch(image, kernel, {blocks, 1, 1}, {64, 1, 1}, 64 * sizeof(float), parameters);
  }
  std::vector<float> numbers;
  DeviceEmulator emulator;
};

}  // namespace

TEST_CASE("threads of a block meet at barriers, lanes of a warp in shuffles", "[emulator]") {
  Device device;
  device.launch("reverse", 2);
  for (std::size_t i = 0; i < 64; ++i) {
    CHECK(device.numbers[i] == static_cast<float>(63 - i));
    CHECK(device.numbers[64 + i] == static_cast<float>(127 - i));
  }
  device.launch("sum_of_lanes");
  CHECK(device.numbers[0] == 31 * 32 / 2);
  CHECK(device.numbers[63] == 31 * 32 / 2 + 32 * 32);
}

TEST_CASE("what threads do wrong is named", "[emulator]") {
  const auto check = [](const char* kernel, const char* words, std::uint32_t blocks = 1) {
    Device device;
    CHECK_THROWS_WITH(device.launch(kernel, blocks), Contains(words));
    device.launch("reverse");  // the next launch begins afresh
  };
  check("reverse_without_barrier", "shared access, block 0, thread");  // a race or what nobody wrote yet, as threads happen to run
  check("half_of_a_barrier", "barrier, block 0, thread");
  check("half_of_a_barrier", "waits at a barrier that not all threads of the block reach");
  check("half_of_a_shuffle", "waits in a shuffle that not all lanes of the warp reach");
  check("two_barriers", "waits at another barrier than thread 0");
  check("read_unwritten", "reads shared memory that nobody wrote");
  check("behind_shared", "touches shared memory behind its end");
  check("behind_global", "outside of all memory of the device");
  check("same_word", "writes where another wrote");
  check("neighbours_across_blocks", "(numbers)", 2);
  check("missing", "the image has no kernel missing");
  Device read_only(false);
  CHECK_THROWS_WITH(read_only.launch("reverse"), Contains("writes into numbers, which is only read"));
}

TEST_CASE("reads of one word by many threads are no race, until one writes", "[emulator]") {
  AccessShadow shadow(64);
  CHECK_FALSE(shadow.access(4, 4, false, 1, 1));
  CHECK_FALSE(shadow.access(4, 4, false, 2, 1));
  CHECK(shadow.access(4, 4, true, 1, 1));
  CHECK_FALSE(shadow.access(4, 4, true, 1, 2));   // behind a barrier
  CHECK_FALSE(shadow.access(4, 4, false, 1, 2));  // its own
  CHECK(shadow.access(0, 16, false, 2, 2));       // a vector that covers the word
  CHECK_FALSE(shadow.access(8, 8, true, 3, 2));
}
