// Cooperative threads of execution on x86-64: a stack each, switched by hand.
#pragma once
#include <cstddef>
#include <functional>

namespace ingot::test {

/// Stacks for `count` fibers, each with an inaccessible page below it.
class FiberStacks {
 public:
  FiberStacks() = default;
  ~FiberStacks();
  FiberStacks(const FiberStacks&) = delete;
  FiberStacks& operator=(const FiberStacks&) = delete;
  void reserve(std::size_t count);
  [[nodiscard]] std::byte* top(std::size_t i) const;

 private:
  static constexpr std::size_t stack_bytes = 64 * 1024;
  std::byte* memory_ = nullptr;
  std::size_t count_ = 0;
};

/// One of a group that share a scheduler. Runs `body` until it calls leave(), and goes on there when it is entered again. When the
/// body returns, the fiber leaves for good; the caller learns so by what the body has done last.
class Fiber {
 public:
  /// Ready to begin on that stack; the body must outlive the fiber.
  void prepare(std::byte* stack_top, const std::function<void()>& body);
  void enter();  ///< from the scheduler
  void leave();  ///< back to the scheduler, from the fiber itself

 private:
  [[noreturn]] static void run(Fiber* self);
  void* own_ = nullptr;
  void* scheduler_ = nullptr;
  const std::function<void()>* body_ = nullptr;
};

}  // namespace ingot::test
