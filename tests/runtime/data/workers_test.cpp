// Threads that share the calls of a function.
#include "data/workers.hpp"

#include <catch2/catch.hpp>

#include <atomic>
#include <stdexcept>
#include <thread>
#include <vector>

using namespace ingot::runtime;

TEST_CASE("every call is made once, whatever the threads") {
  for (const std::uint32_t threads : {1u, 2u, 7u}) {
    Workers workers(threads);
    CHECK(workers.threads() == threads);
    for (const std::size_t count : {0u, 1u, 3u, 1000u}) {
      std::vector<std::atomic<int>> calls(count);
      workers.run(count, [&](std::size_t i) { ++calls[i]; });
      for (const auto& n : calls) REQUIRE(n == 1);
    }
  }
}

TEST_CASE("the failure with the lowest number is thrown after all calls have ended") {
  Workers workers(4);
  for (int round = 0; round < 50; ++round) {
    std::atomic<int> ended{0};
    try {
      workers.run(100, [&](std::size_t i) {
        ++ended;
        if (i % 10 == 3) throw std::runtime_error(std::to_string(i));
      });
      FAIL("nothing was thrown");
    } catch (const std::runtime_error& error) {
      REQUIRE(std::string(error.what()) == "3");
    }
    REQUIRE(ended == 100);
  }
}

TEST_CASE("several callers share the threads") {
  Workers workers(3);
  std::vector<std::thread> callers;
  std::atomic<int> calls{0};
  for (int caller = 0; caller < 4; ++caller)
    callers.emplace_back([&] {
      for (int round = 0; round < 100; ++round) workers.run(20, [&](std::size_t) { ++calls; });
    });
  for (std::thread& caller : callers) caller.join();
  CHECK(calls == 4 * 100 * 20);
}
