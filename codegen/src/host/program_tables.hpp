// From a plan to the ABI's description of a program, with everything it points to.
#pragma once
#include "schedule/plan.hpp"

#include <ingot_abi.h>

#include <deque>
#include <string>
#include <string_view>
#include <vector>

namespace ingot::codegen {

/// Strings that keep their address: what the `const char*` of the ABI point to.
class StringPool {
 public:
  const char* keep(std::string_view text) { return strings_.emplace_back(text).c_str(); }

 private:
  std::deque<std::string> strings_;
};

[[nodiscard]] ingot_tensor make_tensor(StringPool& pool, std::string_view name, const std::vector<std::int64_t>& dims, DType dtype);
[[nodiscard]] std::uint32_t abi_dtype(DType dtype);

// Rows that programs of all targets have; entries of one point agree on them.
[[nodiscard]] std::vector<ingot_state> state_rows(StringPool& pool, const Graph& graph);
[[nodiscard]] std::vector<ingot_scalar> scalar_rows(StringPool& pool, const Graph& graph);
[[nodiscard]] std::vector<const char*> metric_names(StringPool& pool, const Graph& graph);
/// ingot_entry.results of a graph of `entry`.
[[nodiscard]] std::vector<ingot_tensor> result_rows(StringPool& pool, Entry entry, const Graph& graph);

/// An ingot_program that owns its tables. Does not move: the ABI structs point into it.
class ProgramTables {
 public:
  explicit ProgramTables(const ProgramPlan& plan);
  ProgramTables(const ProgramTables&) = delete;
  ProgramTables& operator=(const ProgramTables&) = delete;

  /// Its functions are null until `set_run` and `set_pack`.
  [[nodiscard]] const ingot_program& program() const { return program_; }
  void set_run(std::size_t entry, void (*run)(const ingot_call*, std::uint32_t, std::uint32_t)) { entries_[entry].run = run; }
  void set_pack(void (*pack)(void*, std::uint32_t, const void*), void (*unpack)(const void*, std::uint32_t, void*));

 private:
  struct EntryTables {
    std::vector<const char*> metrics;
    std::vector<ingot_tensor> results;
    std::vector<ingot_kernel> kernels;
  };
  void add_entry(const EntryPlan& plan, EntryTables& tables);

  StringPool pool_;
  std::vector<ingot_state> states_;
  std::vector<ingot_scalar> scalars_;
  std::deque<EntryTables> entry_tables_;
  std::vector<ingot_entry> entries_;
  ingot_program program_{};
};

}  // namespace ingot::codegen
