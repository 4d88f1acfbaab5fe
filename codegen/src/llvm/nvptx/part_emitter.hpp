// Emission of one kernel of a device launch, as the code that one thread of it runs. Matrices are plain rows; indices are 32 bits
// wide. Like emitter.hpp it includes LLVM and is used by the sources of this folder alone.
#pragma once
#include "ir/op_info.hpp"
#include "llvm/low_types.hpp"
#include "llvm/math_emitter.hpp"
#include "schedule/device/launch.hpp"

#include <array>
#include <functional>
#include <map>
#include <utility>

namespace ingot::codegen {

/// What the kernels of a launch have in common.
struct LaunchFrame {
  llvm::Function* function = nullptr;
  std::vector<llvm::Value*> operands;  ///< addresses, in global memory
  llvm::Value* thread = nullptr;       ///< i32, in its block
  llvm::Value* block = nullptr;        ///< i32, in the grid
  llvm::Value* shared = nullptr;       ///< address of the block's shared memory
  CallBlock call;
};

/// Where in a matrix an expression is evaluated: columns col .. col + lanes - 1 of a row.
struct Place {
  llvm::Value* row = nullptr;  ///< i32
  llvm::Value* col = nullptr;  ///< i32, a multiple of `lanes`
  std::int64_t lanes = 1;
  int step = 0;  ///< distinguishes places of one unrolled sweep
};

class PartEmitter : private MathEmitter {
 public:
  PartEmitter(llvm::Module& module, const LaunchPart& part, const LaunchFrame& frame);
  /// Fills `entry` and what follows it; every thread ends in `exit`. All threads of a block take the same way through barriers.
  void emit(llvm::BasicBlock* entry, llvm::BasicBlock* exit);

 private:
  using Value = llvm::Value;
  using Sums = std::vector<Value*>;

  // ---- emit_points.cpp: a thread for each run of elements
  void emit_points();
  void set_anchor(const Place& p);
  Value* gather(const Place& p);
  Value* gather_as(const Place& p, Value* from, DType t);
  Value* fold(const Place& p);
  Value* move(const Place& p);
  void write(const Place& p);

  // ---- emit_windows.cpp: cells of windows; pools and their gradients
  struct Pixel {
    Value *sample = nullptr, *y = nullptr, *x = nullptr;
  };
  struct Cell {
    Value* row = nullptr;    ///< of the image's matrix; some row of it where `valid` is false
    Value* valid = nullptr;  ///< i1
  };
  Pixel pixel_of(Value* row, std::int64_t height, std::int64_t width);
  struct PlaceInWindow {
    Value *y = nullptr, *x = nullptr;
  };
  PlaceInWindow place_in(const Window& w, Value* cell) {
    return {b_.CreateUDiv(cell, i32(w.kernel_w)), b_.CreateURem(cell, i32(w.kernel_w))};
  }
  Cell cell_under(const Window& w, const Pixel& out, const PlaceInWindow& place);  ///< of the image, under a cell of a window
  /// The pixel of the result whose window has `in` under that cell.
  Cell window_over(const Window& w, const Pixel& in, const PlaceInWindow& place, Pixel& out);
  void for_cells(const Window& w, Value* cells, Sums& acc, const std::function<void(Value* number, Sums& acc)>& body);
  Value* pool(const Place& p);
  Value* cell_count(const Window& w, const Pixel& out);
  using WindowShare = std::function<Value*(const Cell& over, const Pixel& out, Value* cell)>;
  Value* sum_over_windows(const Place& p, const WindowShare& share);
  Value* avg_pool_gradient(const Place& p);
  Value* max_pool_gradient(const Place& p);
  Value* comes_earlier(const Window& w, const Pixel& out, Value* cells, Value* best, const Place& p);
  Value* load_operand(int operand, Value* row, const Place& p);  ///< widened

  // ---- emit_lookup.cpp: rows of a table by number
  struct TableRow {
    Value* number = nullptr;  ///< i32; some row of the table where `valid` is false
    Value* valid = nullptr;   ///< i1
  };
  TableRow table_row(int numbers, Value* at, std::int64_t table_rows);
  Value* lookup(const Place& p);
  Value* lookup_gradient(const Place& p);

  // ---- emit_rows.cpp: some lanes of a warp for each row
  void emit_rows();
  void reduce_row(int node, Value* row, Value* lane);
  Place row_place(Value* row, Value* lane, Value* step, int number);
  Value* combine_lanes(Op op, Value* x);
  void store_row(Value* row, Value* lane, Value* valid);

  // ---- emit_sums.cpp: sums over rows in a fixed tree
  void emit_sums();
  void emit_depthwise_gradient();
  Sums add_up(const Sums& own);
  void sum_rows(Sums& acc, Value* begin, Value* end, const Place& p, Value* column_valid);
  [[nodiscard]] bool is_sum(const Type& t) const { return !t.batched && (k().domain.batched || t.rows == 1); }

  // ---- emit_operands.cpp: what contractions have in common
  /// The tile of the result that a block makes: rows from `row` on, below `row_end`, of a part that `rows_before` lie before, from sums
  /// over k_begin .. k_end.
  struct TilePlace {
    Value *row = nullptr, *col = nullptr, *row_end = nullptr, *rows_before = nullptr, *k_begin = nullptr, *k_end = nullptr;
  };
  /// One operand of a contraction as a table [outer, k]: rows of A, columns of B.
  struct Operand {
    int node = -1;
    bool left = false;      ///< A
    bool along_k = false;   ///< neighbours in memory are neighbours of the reduction, else of `outer`
    std::int64_t unit = 1;  ///< multiples of it are where runs of neighbours may end
    /// Where an element lies, as an index, and whether the table has it (i1).
    std::function<std::pair<Value*, Value*>(Value* outer, Value* k)> at;
    std::int64_t extent = 0;            ///< of the tile, along `outer`
    std::int64_t stride = 0, base = 0;  ///< in shared memory: from k to k + 1, of the first; floats, or chunks of 16 bytes
  };
  void for_tile(std::int64_t rows, std::int64_t cols, const std::function<void(const TilePlace&)>& body);
  Operand left_operand(const TilePlace& t);
  Operand right_operand(const TilePlace& t);
  Operand matrix_operand(int node, bool along_k, Value* outer_end, Value* k_end);
  std::pair<Value*, Value*> image_element(Value* outer, Value* at_k, Value* outer_end, Value* k_end);
  void k_range(Value* part, Value*& begin, Value*& end);
  void store_run(Value* acc, std::int64_t run, Value* row, Value* col, const TilePlace& t);

  // ---- emit_tiles.cpp: contractions in float32
  void emit_tiles();
  void contract(const TilePlace& at);
  Value* fetch(const Operand& o, Value* first_outer, Value* first_k);
  Value* load_run(const Operand& o, Value* outer, Value* at_k);
  void bring(const Operand& o, Value* values);
  Sums shared_runs(Value* first, std::int64_t count, std::int64_t distance);
  void multiply(const Operand& a, const Operand& b, Sums& acc);
  void store_tile(const Sums& acc, const TilePlace& at);
  Value* column_thread() { return b_.CreateURem(frame_.thread, i32(part_.tile.col_threads())); }
  Value* row_thread() { return b_.CreateUDiv(frame_.thread, i32(part_.tile.col_threads())); }

  // ---- emit_matrix_tiles.cpp: contractions of 16 bits on tensor cores
  /// Of a warp in its block: which one, its corner of the tile, its share of the reduction.
  struct WarpPlace {
    Value *warp = nullptr, *lane = nullptr, *row = nullptr, *col = nullptr, *k_warp = nullptr;
  };
  void emit_matrix_tiles();
  void multiply_slices(const Operand& a, const Operand& b, const TilePlace& at, Sums& acc);
  [[nodiscard]] std::int64_t line_chunks(const Operand& o) const;
  Value* chunk_address(const Operand& o, Value* stage, Value* line, Value* chunk);
  void copy_slice(const Operand& o, Value* first_outer, Value* first_k, Value* stage);
  void copy_chunk(const Operand& o, Value* outer, Value* at_k, Value* to);
  WarpPlace warp_place();
  std::array<Value*, 4> load_fragment(const Operand& o, Value* stage, Value* outer, Value* step);
  void multiply_slice(const Operand& a, const Operand& b, Value* stage, Sums& acc);
  void store_fragments(const Sums& acc, const TilePlace& at);
  void store_rows(const WarpPlace& w, Value* row, std::int64_t run, const TilePlace& at);
  [[nodiscard]] std::int64_t epilogue_run() const;

  // ---- emit_chain.cpp: layers whose rows stay in registers
  /// The sixteen rows of a warp, of which a lane has two.
  struct ChainWarp {
    Value *lane = nullptr, *pair = nullptr;  ///< i32; pair: its column within eight
    std::array<Value*, 2> row{}, valid{};    ///< i32, the last one where `valid` (i1) is false
    Value* works = nullptr;                  ///< i1: the warp has rows at all
  };
  void emit_chain();
  ChainWarp chain_warp();
  Sums chain_layer(int product, Sums left, const ChainWarp& w);
  void bring_weights(int product, Value* first_step);
  Value* weights_run(int node, Value* row, Value* col);
  Sums chain_input(int node, Value* first_step, std::int64_t depth, const ChainWarp& w);
  void multiply_layer(int product, const Sums& left, Sums& acc, const ChainWarp& w);
  Sums chain_epilogue(int product, const Sums& acc, const ChainWarp& w);
  Value* chain_place(int product, Value* sums, const Place& p, Value* valid, int next);
  [[nodiscard]] std::vector<int> chain_products() const;
  [[nodiscard]] std::vector<int> chain_stores(int product) const;

  // ---- emit_values.cpp: expressions
  Value* evaluate(int node, const Place& p);
  Value* compute(int node, const Place& p);
  Value* entry_value(int node);
  Value* widened_entry_value(int node);
  Value* widened(Value* v, DType t) { return is_low(t) ? widen(b_, v, t) : v; }
  Value* narrowed(Value* v, DType t) { return is_low(t) ? narrow(b_, v, t, false) : v; }
  Value* load(int node, const Place& p);
  Value* index_in(const Type& t, const Place& p);
  Value* load_from(Value* base, DType t, Value* index, std::int64_t lanes);
  void store_to(Value* base, DType t, Value* index, Value* v, std::int64_t lanes);
  void store_node(const KernelStore& s, const Place& p);
  void store_all(const Place& p);
  Place random_place(const Type& t, const Place& p);
  Value* random_word(std::int32_t layer, const Place& p);
  Value* scalar_bits(int slot);
  Value* scalar_slot(int slot);
  static std::int64_t lanes_of(const Type& t, const Place& p) { return t.cols == 1 ? 1 : p.lanes; }

  // ---- part_emitter.cpp: control flow and helpers
  void loop(Value* begin, Value* end, Value* step, Sums& acc, const std::function<void(Value* i, Sums& acc)>& body);
  void when(Value* condition, const std::function<void()>& body);
  void when(Value* condition, Sums& carried, const std::function<void(Sums& carried)>& body);
  void barrier();
  llvm::BasicBlock* new_block(const char* name) { return llvm::BasicBlock::Create(c_, name, frame_.function); }
  Value* shared_address(Value* float_index);
  Value* i32(std::int64_t v) { return b_.getInt32(static_cast<std::uint32_t>(v)); }
  Value* smaller(Value* x, Value* y) { return b_.CreateBinaryIntrinsic(llvm::Intrinsic::umin, x, y); }
  Value* total_rows(const Type& t);
  const Kernel& k() const { return part_.kernel; }
  Value* argument(int i) { return frame_.operands[static_cast<std::size_t>(part_.operands[static_cast<std::size_t>(i)])]; }
  void forget() { memo_.clear(); }
  template <class F>
  Value* at_entry(F&& make) {
    llvm::IRBuilderBase::InsertPointGuard guard(b_);
    b_.SetInsertPoint(entry_->getTerminator());
    return make();
  }

  const LaunchPart& part_;
  const LaunchFrame& frame_;
  llvm::BasicBlock *entry_ = nullptr, *exit_ = nullptr;
  Value* block_ = nullptr;                      ///< i32: of this kernel
  Value* samples_ = nullptr;                    ///< i32: valid rows of this call
  std::vector<bool> at_entry_;                  ///< per node: a [1,1] value known before everything else
  std::map<std::pair<int, int>, Value*> memo_;  ///< node, step -> value at the current place
  std::map<int, Value*> entry_memo_, entry_bits_, thresholds_;
};

}  // namespace ingot::codegen
