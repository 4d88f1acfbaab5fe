// In a file of its own: a compiler that sees both sides of the replaced operators warns about the malloc within.
#include "watched_memory.hpp"

#include <atomic>
#include <cstdlib>
#include <new>

namespace {

std::atomic<std::size_t> largest{0}, number{0};

void count(std::size_t bytes) {
  ++number;
  for (std::size_t before = largest; bytes > before && !largest.compare_exchange_weak(before, bytes);) {
  }
}

}  // namespace

namespace ingot::runtime::testing {
void forget_allocations() { largest = number = 0; }
std::size_t largest_allocation() { return largest; }
std::size_t number_of_allocations() { return number; }
}  // namespace ingot::runtime::testing

// All single-object forms: one that is left out pairs the library's new with our delete.
void* operator new(std::size_t bytes, const std::nothrow_t&) noexcept {
  count(bytes);
  return std::malloc(bytes == 0 ? 1 : bytes);
}
void* operator new(std::size_t bytes) {
  if (void* memory = operator new(bytes, std::nothrow)) return memory;
  throw std::bad_alloc();
}
void* operator new(std::size_t bytes, std::align_val_t alignment, const std::nothrow_t&) noexcept {
  count(bytes);
  const auto to = static_cast<std::size_t>(alignment);
  return std::aligned_alloc(to, (bytes + to - 1) / to * to);
}
void* operator new(std::size_t bytes, std::align_val_t alignment) {
  if (void* memory = operator new(bytes, alignment, std::nothrow)) return memory;
  throw std::bad_alloc();
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete(void* memory, const std::nothrow_t&) noexcept { std::free(memory); }
void operator delete(void* memory, std::align_val_t) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t, std::align_val_t) noexcept { std::free(memory); }
