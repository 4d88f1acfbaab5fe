#include "cli/allocations.hpp"

#include <atomic>
#include <cerrno>
#include <cstdlib>

namespace ingot::runtime::cli {
namespace {

constinit std::atomic<std::uint64_t> count{0};

}  // namespace

#if defined(__GLIBC__) && !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
namespace {
void counted() { count.fetch_add(1, std::memory_order_relaxed); }
}  // namespace

std::optional<std::uint64_t> allocations() { return count.load(std::memory_order_relaxed); }

// glibc's own names of the functions that are replaced below; free stays as it is.
extern "C" {
void* __libc_malloc(std::size_t bytes);
void* __libc_calloc(std::size_t n, std::size_t bytes);
void* __libc_realloc(void* memory, std::size_t bytes);
void* __libc_memalign(std::size_t alignment, std::size_t bytes);

void* malloc(std::size_t bytes) noexcept {
  counted();
  return __libc_malloc(bytes);
}
void* calloc(std::size_t n, std::size_t bytes) noexcept {
  counted();
  return __libc_calloc(n, bytes);
}
void* realloc(void* memory, std::size_t bytes) noexcept {
  counted();
  return __libc_realloc(memory, bytes);
}
void* aligned_alloc(std::size_t alignment, std::size_t bytes) noexcept {
  counted();
  return __libc_memalign(alignment, bytes);
}
int posix_memalign(void** memory, std::size_t alignment, std::size_t bytes) noexcept {
  counted();
  *memory = __libc_memalign(alignment, bytes);
  return *memory ? 0 : ENOMEM;
}
}
#else
std::optional<std::uint64_t> allocations() { return std::nullopt; }
#endif

}  // namespace ingot::runtime::cli
