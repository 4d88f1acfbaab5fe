// The two functions around the kernels: `run` of an entry, and pack/unpack of the state block.
#pragma once
#include "llvm/compile.hpp"
#include "schedule/schedule.hpp"

#include <string>
#include <vector>

namespace llvm {
class Module;
}

namespace ingot::codegen {

/// "train", "evaluate", "predict", "gradient".
[[nodiscard]] std::string_view entry_name(Entry e);

/// void name(const ingot_call*, i32 thread, i32 threads): fills the argument tables, then phase by phase runs this thread's share
/// of the groups; between phases all threads meet. `kernels[i]` is the symbol of kernel i of the schedule. With marks it also calls
/// ingot_call.mark, as ingot_abi.h says.
void emit_run(llvm::Module& module, const EntrySchedule& schedule, const std::string& name, const std::vector<std::string>& kernels,
              const Target& target, Marks marks = Marks::none);

/// void <prefix>_pack(void* state, i32 i, const void* canonical) and void <prefix>_unpack(const void* state, i32 i, void* canonical).
void emit_pack(llvm::Module& module, const ProgramPlan& plan, const std::string& pack_name, const std::string& unpack_name);

}  // namespace ingot::codegen
