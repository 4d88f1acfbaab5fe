// From a plan to machine code: an object file for the linker, or functions in this process. No LLVM type is visible.
#pragma once
#include "schedule/plan.hpp"

#include <ingot_abi.h>

#include <memory>
#include <string>
#include <string_view>

namespace ingot::codegen {

using RunFunction = void (*)(const ingot_call* call, std::uint32_t thread, std::uint32_t threads);
using PackFunction = void (*)(void* state, std::uint32_t i, const void* canonical);
using UnpackFunction = void (*)(const void* state, std::uint32_t i, void* canonical);

/// One relocatable ELF object that defines `<prefix>_train`, `<prefix>_evaluate`, `<prefix>_predict`, `<prefix>_gradient` (those
/// that the plan has), `<prefix>_pack` and `<prefix>_unpack`, with the types above; everything else in it is local.
[[nodiscard]] std::string compile_ahead(const ProgramPlan& plan, std::string_view prefix);

/// Where compiled kernels are kept between processes. Implementations are safe when several processes write.
class KernelCache {
 public:
  virtual ~KernelCache() = default;
  /// The object stored under `key` (32 hexadecimal digits), or an empty string: absent or damaged.
  [[nodiscard]] virtual std::string find(std::string_view key) = 0;
  virtual void store(std::string_view key, std::string_view object) = 0;  ///< never throws; a full disk only loses the entry
};

/// Compiled functions, alive as long as this object.
class JitProgram {
 public:
  virtual ~JitProgram() = default;
  [[nodiscard]] virtual RunFunction entry(Entry which) const = 0;  ///< null when the plan lacks it
  [[nodiscard]] virtual PackFunction pack() const = 0;
  [[nodiscard]] virtual UnpackFunction unpack() const = 0;
  [[nodiscard]] virtual bool from_cache() const = 0;  ///< nothing had to be compiled
};

/// Whether entries call ingot_call.mark. Kernels are the same either way.
enum class Marks : std::uint8_t { none, every_kernel };

/// `cache` may be null. Throws UserError when the plan's target is not this machine's.
[[nodiscard]] std::unique_ptr<JitProgram> compile_now(const ProgramPlan& plan, KernelCache* cache, Marks marks = Marks::none);

/// Version of everything that decides the bytes of a kernel: part of every cache key.
[[nodiscard]] std::string_view compiler_version();

}  // namespace ingot::codegen
