// The guards of the runner see what they are there for.
#include "codegen/support/program_runner.hpp"

#include <catch2/catch.hpp>

#include <csignal>
#include <sys/wait.h>
#include <unistd.h>

using ingot::test::GuardedMemory;

TEST_CASE("guarded memory is zeroed, aligned and intact", "[runner]") {
  for (const std::size_t bytes : {0, 1, 4, 63, 64, 4095, 4096, 10000}) {
    const GuardedMemory m(bytes, 64);
    CHECK(reinterpret_cast<std::uintptr_t>(m.data()) % 64 == 0);
    CHECK(std::all_of(m.data(), m.data() + bytes, [](std::byte b) { return b == std::byte{0}; }));
    CHECK(m.intact());
  }
}

TEST_CASE("writes beside guarded memory are seen", "[runner]") {
  const GuardedMemory before(100, 64), behind(100, 64);
  before.data()[-1] = std::byte{0};
  CHECK_FALSE(before.intact());
  behind.data()[100] = std::byte{0};
  CHECK_FALSE(behind.intact());
}

TEST_CASE("reading behind guarded memory stops the program", "[runner]") {
  const GuardedMemory m(100);
  const pid_t child = ::fork();
  if (child == 0) {
    std::signal(SIGSEGV, SIG_DFL);
    const volatile std::byte* p = m.data();
    ::_exit(static_cast<int>(p[100]) & 1);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  CHECK(WIFSIGNALED(status));
}
