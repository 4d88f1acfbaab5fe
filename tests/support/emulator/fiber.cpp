#include "support/emulator/fiber.hpp"

#include <sanitizer/asan_interface.h>

#include <cstdint>
#include <cstdlib>
#include <stdexcept>
#include <sys/mman.h>
#include <unistd.h>

// Saves what a call must keep, stores the stack pointer and continues on another stack. `swapcontext` would also save the signal
// mask, a system call for each of millions of switches.
extern "C" void ingot_switch_stack(void** save, void* to);
extern "C" void ingot_begin_fiber();
asm(R"(
.text
.globl ingot_switch_stack
.type ingot_switch_stack, @function
ingot_switch_stack:
  push %rbp
  push %rbx
  push %r12
  push %r13
  push %r14
  push %r15
  mov %rsp, (%rdi)
  mov %rsi, %rsp
  pop %r15
  pop %r14
  pop %r13
  pop %r12
  pop %rbx
  pop %rbp
  ret
.size ingot_switch_stack, .-ingot_switch_stack
.globl ingot_begin_fiber
.type ingot_begin_fiber, @function
ingot_begin_fiber:
  mov %r12, %rdi
  jmp *%r13
.size ingot_begin_fiber, .-ingot_begin_fiber
)");

namespace ingot::test {

namespace {
std::size_t page() { return static_cast<std::size_t>(::sysconf(_SC_PAGESIZE)); }
}  // namespace

FiberStacks::~FiberStacks() {
  if (memory_ != nullptr) ::munmap(memory_, count_ * (stack_bytes + page()));
}

void FiberStacks::reserve(std::size_t count) {
  if (count <= count_) return;
  if (memory_ != nullptr) ::munmap(memory_, count_ * (stack_bytes + page()));
  void* memory =
      ::mmap(nullptr, count * (stack_bytes + page()), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (memory == MAP_FAILED) throw std::runtime_error("no memory for the stacks of emulated threads");
  memory_ = static_cast<std::byte*>(memory);
  count_ = count;
  for (std::size_t i = 0; i < count; ++i) ::mprotect(memory_ + i * (stack_bytes + page()), page(), PROT_NONE);
}

std::byte* FiberStacks::top(std::size_t i) const {
  std::byte* end = memory_ + (i + 1) * (stack_bytes + page());
  // A fiber that was left in the middle never told a sanitizer that its frames are gone.
  ASAN_UNPOISON_MEMORY_REGION(end - stack_bytes, stack_bytes);
  return end;
}

void Fiber::run(Fiber* self) {
  (*self->body_)();
  self->leave();
  std::abort();  // entered again after its end
}

void Fiber::prepare(std::byte* stack_top, const std::function<void()>& body) {
  body_ = &body;
  auto** top = reinterpret_cast<void**>(reinterpret_cast<std::uintptr_t>(stack_top) & ~std::uintptr_t{15});
  *--top = nullptr;  // a return address of nobody, which also aligns the stack as after a call
  *--top = reinterpret_cast<void*>(&ingot_begin_fiber);
  *--top = nullptr;                               // rbp
  *--top = nullptr;                               // rbx
  *--top = this;                                  // r12
  *--top = reinterpret_cast<void*>(&Fiber::run);  // r13
  *--top = nullptr;                               // r14
  *--top = nullptr;                               // r15
  own_ = top;
}

void Fiber::enter() { ingot_switch_stack(&scheduler_, own_); }
void Fiber::leave() { ingot_switch_stack(&own_, scheduler_); }

}  // namespace ingot::test
