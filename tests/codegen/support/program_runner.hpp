// Runs the entries of a plan as machine code on the same inputs as the reference interpreter, and reads the results back.
//
// Every buffer that generated code sees ends at an inaccessible page and begins behind guard bytes: reading or writing beyond
// the end stops the test program, writing before the beginning is reported. Arenas and the state block are kept from call to
// call, as the runtime keeps them, so that leftovers of a larger batch are there when a smaller one runs.
#pragma once
#include "ir/interpret.hpp"
#include "llvm/compile.hpp"

#include <cstddef>
#include <map>

namespace ingot::test {

/// Zeroed memory of `bytes` between guards. Its beginning is aligned to `alignment` (a power of two, a page at most).
class GuardedMemory {
 public:
  explicit GuardedMemory(std::size_t bytes, std::size_t alignment = 1);
  ~GuardedMemory();
  GuardedMemory(GuardedMemory&& o) noexcept;
  GuardedMemory(const GuardedMemory&) = delete;
  GuardedMemory& operator=(const GuardedMemory&) = delete;
  GuardedMemory& operator=(GuardedMemory&&) = delete;
  [[nodiscard]] std::byte* data() const { return begin_ + head_; }
  [[nodiscard]] std::size_t size() const { return bytes_; }
  /// Nothing was written before the beginning, nor into the padding behind the end.
  [[nodiscard]] bool intact() const;

 private:
  std::byte* begin_ = nullptr;  ///< of the mapping
  std::size_t mapped_ = 0, head_ = 0, tail_ = 0, bytes_ = 0;
};

/// The functions of one program, wherever they come from.
struct ProgramFunctions {
  codegen::RunFunction entries[4] = {};
  codegen::PackFunction pack = nullptr;
  codegen::UnpackFunction unpack = nullptr;
};

struct RunOptions {
  unsigned threads = 1;
  bool bytes = false;    ///< model inputs are given as u8; the values must be whole numbers in 0 .. 255
  bool indexed = false;  ///< rows lie scattered in a larger array and are named by an index
};

struct RunOutput {
  std::vector<codegen::Values> results;           ///< per graph.results: metric, output (valid rows), or the assigned state
  std::vector<codegen::Values> states;            ///< after the call, canonical
  std::vector<std::vector<std::uint32_t>> marks;  ///< per thread, what it called ingot_call.mark with
  bool guards_intact = true;
};

class ProgramRunner {
 public:
  /// Compiles in this process. The plan must outlive the runner.
  explicit ProgramRunner(const codegen::ProgramPlan& plan, codegen::KernelCache* cache = nullptr,
                         codegen::Marks marks = codegen::Marks::none);
  ProgramRunner(const codegen::ProgramPlan& plan, const ProgramFunctions& functions);

  /// One call of `entry` from the states in `in`.
  RunOutput run(codegen::Entry entry, const codegen::InterpreterInputs& in, const RunOptions& options = {});
  [[nodiscard]] bool from_cache() const { return jit_ != nullptr && jit_->from_cache(); }
  [[nodiscard]] const ProgramFunctions& functions() const { return functions_; }

 private:
  const codegen::EntryPlan& find(codegen::Entry entry) const;
  void write_states(const codegen::InterpreterInputs& in);
  std::vector<codegen::Values> read_states() const;

  const codegen::ProgramPlan& plan_;
  std::unique_ptr<codegen::JitProgram> jit_;
  ProgramFunctions functions_;
  GuardedMemory state_;
  std::map<codegen::Entry, GuardedMemory> arenas_;
};

/// The same plan with one kernel for each op.
[[nodiscard]] codegen::ProgramPlan without_fusion(codegen::ProgramPlan plan);

/// Rounds inputs, targets and states to what the program can be given: its dtype, or bytes.
[[nodiscard]] codegen::InterpreterInputs representable(const codegen::Graph& g, codegen::InterpreterInputs in, bool bytes = false);

/// The largest relative distance of a result from the interpreter's; `where`, when given, names it. A pair that is not a number
/// on one side only counts as infinitely far.
[[nodiscard]] double worst_distance(const codegen::Graph& g, const RunOutput& got, const codegen::InterpreterOutputs& expected,
                                    std::string* where = nullptr);
/// Bit for bit, in all results and states.
[[nodiscard]] bool same_output(const RunOutput& a, const RunOutput& b);

}  // namespace ingot::test
