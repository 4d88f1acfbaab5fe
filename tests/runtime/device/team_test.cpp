#include <ingot/runtime/device/team.hpp>

#include <catch2/catch.hpp>

#include <atomic>
#include <chrono>
#include <immintrin.h>
#include <limits>
#include <thread>
#include <vector>

using namespace ingot::runtime;

namespace {

/// What the entries of these tests work on; reached through call.arena.
struct Work {
  std::vector<std::uint64_t> slots;  // one per thread
  std::atomic<std::uint64_t> runs{0};
  std::atomic<bool> torn{false};
  std::uint32_t phases = 0;
  std::vector<float> products;
};

void count_run(const ingot_call* call, std::uint32_t thread, std::uint32_t threads) {
  Work& work = *static_cast<Work*>(call->arena);
  if (thread >= threads) work.torn = true;
  ++work.runs;
}

// Every thread writes its slot, then after the barrier must see the same phase in all of them.
void phases(const ingot_call* call, std::uint32_t thread, std::uint32_t threads) {
  Work& work = *static_cast<Work*>(call->arena);
  for (std::uint32_t p = 1; p <= work.phases; ++p) {
    work.slots[thread] = p;
    call->barrier(call->team, thread);
    for (std::uint32_t t = 0; t < threads; ++t) {
      if (work.slots[t] != p) work.torn = true;
    }
    call->barrier(call->team, thread);
  }
}

void multiply_denormal(const ingot_call* call, std::uint32_t thread, std::uint32_t) {
  Work& work = *static_cast<Work*>(call->arena);
  volatile float tiny = std::numeric_limits<float>::denorm_min(), large = 1e10f;
  work.products[thread] = tiny * large;
}

ingot_call call_for(Work& work) {
  ingot_call call = {};
  call.arena = &work;
  return call;
}

}  // namespace

TEST_CASE("every thread of a team runs the entry once", "[team]") {
  for (std::uint32_t threads : {1u, 2u, 3u, 8u}) {
    Team team(threads);
    Work work;
    ingot_call call = call_for(work);
    for (int i = 0; i < 200; ++i) team.run(count_run, call);
    CHECK(work.runs == 200u * threads);
    CHECK_FALSE(work.torn);
    CHECK(team.size() == threads);
  }
}

TEST_CASE("a barrier holds all threads, also when there are more threads than cores", "[team]") {
  for (std::uint32_t threads : {1u, 2u, 4u, 7u}) {
    Team team(threads);
    Work work;
    work.slots.resize(threads);
    work.phases = threads <= 2 ? 500 : 50;
    ingot_call call = call_for(work);
    for (int i = 0; i < 10; ++i) team.run(phases, call);
    CHECK_FALSE(work.torn);
  }
}

TEST_CASE("threads that fell asleep between runs wake up", "[team]") {
  Team team(3);
  Work work;
  ingot_call call = call_for(work);
  for (int i = 0; i < 3; ++i) {
    team.run(count_run, call);
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  CHECK(work.runs == 9u);
}

TEST_CASE("several teams run side by side", "[team]") {
  std::vector<std::jthread> callers;
  std::vector<Work> works(4);
  for (Work& work : works) {
    callers.emplace_back([&work] {
      Team team(2);
      work.slots.resize(2);
      work.phases = 50;
      ingot_call call = call_for(work);
      for (int i = 0; i < 20; ++i) team.run(phases, call);
    });
  }
  callers.clear();
  for (const Work& work : works) CHECK_FALSE(work.torn);
}

TEST_CASE("denormals are zero inside a run and the caller's state is restored", "[team]") {
  const unsigned before = _mm_getcsr();
  for (std::uint32_t threads : {1u, 3u}) {
    Team team(threads);
    Work work;
    work.products.assign(threads, 1.0f);
    ingot_call call = call_for(work);
    team.run(multiply_denormal, call);
    for (float product : work.products) CHECK(product == 0.0f);
  }
  CHECK(_mm_getcsr() == before);
  volatile float tiny = std::numeric_limits<float>::denorm_min(), large = 1e10f;
  CHECK(tiny * large > 0.0f);
}

TEST_CASE("cost of a barrier", "[.][measure]") {
  for (std::uint32_t threads : {1u, 2u, 4u}) {
    Team team(threads);
    Work work;
    work.slots.resize(threads);
    work.phases = 100000;
    ingot_call call = call_for(work);
    const auto begin = std::chrono::steady_clock::now();
    team.run(phases, call);
    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    WARN(threads << " threads: " << seconds / (2 * work.phases) * 1e9 << " ns a barrier");
  }
}
