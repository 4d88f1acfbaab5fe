// What `ingot-opt --stage` can show of a graph: one row per stage. Stages behind the passes (fusion, schedule, LLVM, assembly)
// are rows of the same table.
#pragma once
#include "ir/graph.hpp"

#include <iosfwd>
#include <span>
#include <string>
#include <string_view>

namespace ingot::codegen {

struct StageOptions {
  unsigned batch = 32;               ///< rows at most; rows of the interpreter's call
  std::string target = "x86-64-v3";  ///< name of a target
  std::string device = "sm_80";      ///< name of a device description
  unsigned seed = 1;                 ///< of made-up inputs
};

struct StageRow {
  std::string_view name, help;
  /// Writes what the stage makes of `g`. Throws UserError or InternalError.
  void (*show)(const Graph& g, const StageOptions& options, std::ostream& out);
};

[[nodiscard]] std::span<const StageRow> stage_table();
/// Null when there is none of that name.
[[nodiscard]] const StageRow* find_stage(std::string_view name);

}  // namespace ingot::codegen
