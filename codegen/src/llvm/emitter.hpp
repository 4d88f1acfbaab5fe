// Emission of one kernel as an LLVM function `void name(const ingot_call* call, void** arguments, i64 group)`.
// Includes LLVM, as math_emitter.hpp and winograd_transforms.hpp do; used by the sources of this folder alone.
#pragma once
#include "ir/op_info.hpp"
#include "llvm/low_types.hpp"
#include "llvm/math_emitter.hpp"
#include "schedule/band.hpp"

#include <functional>
#include <map>

namespace ingot::codegen {

/// Where in a matrix an expression is evaluated: row `base_row + row` of column panel `panel`, vector `vector` of it.
/// `row` and `vector` are constants of the unrolled code, so that addresses share one computed base.
struct Position {
  llvm::Value* panel = nullptr;     ///< i64; null: 0
  llvm::Value* base_row = nullptr;  ///< i64; null: 0
  int row = 0;
  int vector = 0;
};

class KernelEmitter : private MathEmitter {
 public:
  KernelEmitter(llvm::Module& module, const Kernel& kernel, const std::string& name);
  void emit();

 private:
  using Value = llvm::Value;
  using Body = std::function<void(Value*)>;

  // ---- loops.cpp: control flow and the simple kernel kinds
  void loop(Value* begin, Value* end, std::int64_t step, const Body& body);
  void nested_loop(std::int64_t count, const Body& body) { loop(i64(0), i64(count), 1, body); }
  void row_range(Value*& begin, Value*& end);  ///< of this group, in rows of the domain
  void for_panels(const Body& body);           ///< the panels of this group
  void emit_map();
  void emit_rows();
  void emit_columns();
  void store_at(const Position& p);
  void store_rows(const Position& p);
  void store_sums(const Position& p);
  /// Of a kernel of column sums: the argument has a row for each sum, not the rows of the domain.
  [[nodiscard]] bool is_sum(const Layout& l) const { return !l.batched && (k_.domain.batched || l.valid_rows == 1); }

  // ---- rows.cpp
  void emit_row(Value* row);
  void reduce_unrolled(int node, const Position& row);
  void reduce_looped(int node, const Position& row);
  Value* masked(Value* v, int node, const Position& p, double neutral);
  Value* finish_reduction(Op op, Value* v);

  // ---- transfer.cpp: gather, move, write
  void emit_gather();
  void gather_rows(bool bytes);
  Value* load_source(Value* source, Value* column, std::int64_t lanes, std::int64_t valid, bool bytes);
  void emit_move();
  void move_vector(Value* row, Value* column);
  Value* matrix_address(int argument, Value* row, Value* column);
  void move_element(Value* row, Value* column);
  void emit_write();

  // ---- contraction.cpp
  void emit_contraction();
  void contract_panel(Value* panel, Value* row_begin, Value* row_end, Value* scratch);
  void contract_tile(Value* panel, Value* row, Value* scratch);
  [[nodiscard]] DType scratch_dtype() const;
  [[nodiscard]] std::size_t epilogue_cost() const;
  [[nodiscard]] std::array<int, 3> anchor_key(int row, std::size_t vector) const;
  void store_tile(const std::vector<Value*>& acc, Value* panel, Value* row);
  void store_tile_unrolled(const std::vector<Value*>& acc, Value* panel, Value* row);
  void store_tile_looped(const std::vector<Value*>& acc, Value* panel, Value* row);
  struct Operand {
    Value* at = nullptr;
    DType dtype = DType::f32;
  };
  /// Rows of A: where the first begins, and how far panels and rows lie apart.
  struct TileRows {
    Value* at = nullptr;
    DType dtype = DType::f32;
    std::int64_t panel_stride = 0, row_stride = 0;
  };
  TileRows widened_rows(Value* row);
  Operand widened_columns(Value* column, Value* rows);
  void multiply_accumulate(std::vector<Value*>& acc, Operand a, std::int64_t a_row_stride, Operand b);
  using Accumulate = std::function<void(Value*, std::vector<Value*>&)>;
  void accumulate_over(std::vector<Value*>& acc, Value* count, const Accumulate& body, bool may_be_zero = false);
  void accumulate_plain(std::vector<Value*>& acc, Value* row, Operand b);
  void accumulate_blocks(std::vector<Value*>& acc, Value* panel, Value* row, Value* b);
  std::vector<Value*> accumulate_column(Value* column, std::size_t vector, Value* row, Value* b);
  void multiply_run(std::vector<Value*>& sums, Value* x, Value* w, std::size_t ways);
  void accumulate_transposed(std::vector<Value*>& acc, Value* panel, Value* row);
  void transpose_panel(Value* panel, Value* scratch);
  void transpose_block(Operand from, std::int64_t from_stride, Value* to, std::int64_t to_stride);
  void transpose_square(std::vector<Value*>& rows);
  void prefetch_epilogue(Value* panel, Value* row);

  // ---- pairs.cpp: contractions of bf16 pairs
  void add_pairs(std::vector<Value*>& acc, Value* a, std::int64_t a_row_stride, Value* b, bool half);
  void accumulate_pairs(std::vector<Value*>& acc, Value* row, Value* b);
  void accumulate_row_pairs(std::vector<Value*>& acc, Value* panel, Value* row);
  void transpose_paired_panel(Value* panel, Value* scratch);
  void store_paired(Value* bits, Value* at);

  // ---- window.cpp: convolutions over bands of an image
  void emit_convolution();
  void convolve_line(Value* panel, Value* line, Value* row);
  void convolve_tile(Value* panel, Value* image, Value* row, std::int64_t lines, std::int64_t pixels);
  void sample_range(Value*& begin, Value*& end);
  void for_bands(const std::function<void(Value* first, Value* last)>& body);
  Value* band_memory();
  Value* private_memory(std::int64_t elements);
  void fill_band(int argument, Value* memory, Value* sample, Value* first);
  void copy_line(int argument, Value* to, Value* source_row);
  void copy_pixels(int argument, Value* to, Value* source_row, std::int64_t count);
  void zero_fill(Value* to, std::int64_t elements);
  void add_products(std::vector<Value*>& acc, Operand a, const std::vector<std::int64_t>& offsets, Operand b);

  // ---- winograd.cpp
  void emit_winograd();
  struct Piece {
    Value *image = nullptr, *y = nullptr, *x = nullptr;  ///< number of the image, place in its band in pieces
  };
  Piece find_piece(Value* number);
  [[nodiscard]] std::int64_t transformed_row() const;
  void for_piece_blocks(int argument, Value* sample, Value* images,
                        const std::function<void(Value* first, Value* count, Value* line)>& body);
  void transform_pieces(Value* first, Value* count);
  void multiply_pieces(Value* count);
  void finish_pieces(Value* first, Value* count, Value* sample, Value* line);
  void finish_piece(Value* panel, Value* number, Value* row, Value* lines, Value* pixels);
  void emit_kernel_transform();
  void transform_kernel_row(Value* panel, Value* channel, int vector);

  // ---- winograd_gradient.cpp
  void emit_winograd_gradient(Value* first_row, Value* begin, Value* end);
  void transform_gradients(Value* panel, Value* first, Value* count, Value* sample, Value* line);
  void multiply_gradients(Value* panel, Value* count);
  void finish_gradient(Value* panel, Value* first_row);
  [[nodiscard]] Value* own_panel(Value* panel);
  [[nodiscard]] std::int64_t own_panels() const;

  // ---- kernel_gradient.cpp
  void emit_kernel_gradient();
  void clear_gradient(Value* panel, Value* first_row);
  /// `count` lines from `first` on of the result, of `images` samples from `sample` on whose bands are in images_.
  struct GradientLines {
    Value *sample = nullptr, *images = nullptr, *first = nullptr, *count = nullptr;
  };
  void kernel_gradient_lines(Value* panel, Value* out, const GradientLines& lines);
  void kernel_gradient_tile(Value* out, Value* a, const std::vector<std::int64_t>& offsets, Value* dy, const GradientLines& lines);
  void depthwise_kernel_gradient(Value* panel, Value* first_row, Value* begin, Value* end);

  // ---- pool.cpp: windows reduced channel by channel
  struct Cell {
    Value* row = nullptr;     ///< of the image's matrix
    Value* valid = nullptr;   ///< i1; null: always
    Value* number = nullptr;  ///< in the window
  };
  void emit_pool();
  void emit_pool_gradient();
  void pool_row(Value* panel, Value* sample, Value* y, Value* x);
  void spread_disjoint(Value* panel, Value* sample, Value* y, Value* x);
  void spread_overlapping(Value* panel, Value* sample, Value* y, Value* x);
  void uncovered_pixels(Value* panel, Value* sample);
  void for_outputs(const std::function<void(Value* panel, Value* sample, Value* y, Value* x)>& body);
  void fold_cells(std::vector<Value*>& acc, const std::function<void(Value* cell_y, Value* cell_x, std::vector<Value*>&)>& body);
  Cell find_cell(Value* sample, Value* y, Value* x, Value* cell_y, Value* cell_x);
  Value* load_row(int argument, Value* panel, Value* row, int vector);
  Value* row_address(int argument, Value* panel, Value* row, int vector);
  Value* where(Value* valid, Value* v, Value* otherwise);
  Value* splat_mask(Value* valid);
  Value* count_cells(Value* y, Value* x);
  void emit_fold();

  // ---- lookup.cpp: rows of a table by number
  struct TableRow {
    Value* number = nullptr;  ///< i64; 0 where there is none
    Value* valid = nullptr;   ///< i1
  };
  void emit_lookup();
  void emit_lookup_gradient();
  TableRow find_table_row(int numbers, Value* row, std::int64_t table_rows);

  // ---- values.cpp: expressions
  Value* evaluate(int node, const Position& p);
  Value* compute(int node, const Position& p);
  Value* load(int argument, const Position& p);
  void store(int node, int argument, const Position& p);
  /// A value of dtype `t` as it is computed with, and back.
  Value* widened(Value* v, DType t) { return is_low(t) ? widen(b_, v, t) : v; }
  Value* narrowed(Value* v, DType t) { return is_low(t) ? narrow(b_, v, t, k_.target.bf16_pairs) : v; }
  Value* element_address(int argument, const Position& p);
  Value* paired_address(int argument, const Position& p);
  Value* in_pair(Value* row, const Layout& l);
  Value* widened_at_entry(int node);
  Value* entry_value(int node);  ///< [1,1] values known before the loops
  Value* iota(const KernelNode& n, const Position& p);
  Value* keep_mask(const KernelNode& n, const Position& p);
  Value* normal(const KernelNode& n, const Position& p);
  Value* random_word(std::int32_t layer, const Position& p, std::int64_t lanes);
  std::array<Value*, 4> philox_words(Value* counter, Value* row, Value* layer);
  Value* scalar_bits(int slot);
  void forget() {
    memo_.clear();
    bases_.clear();
    random_memo_.clear();
  }

  // ---- helpers
  std::int64_t lanes_of(const Type& t) const { return t.cols == 1 ? 1 : lanes_; }
  Value* offset(Value* base, DType t, Value* elements) { return b_.CreateInBoundsGEP(element_type(t), base, elements); }
  Value* call_field(std::size_t byte_offset, llvm::Type* type);
  Value* scalar_slot(int index);
  Value* argument(int i) { return arguments_[static_cast<std::size_t>(i)]; }
  Value* total_rows(const Type& t);
  static llvm::Align vector_align(const Layout& l) { return llvm::Align(static_cast<std::uint64_t>(l.lanes) * dtype_size(l.dtype)); }
  template <class F>
  Value* at_entry(F&& make) {
    llvm::IRBuilderBase::InsertPointGuard guard(b_);
    b_.SetInsertPoint(entry_->getTerminator());
    return make();
  }

  const Kernel& k_;
  llvm::Function* f_ = nullptr;
  llvm::BasicBlock* entry_ = nullptr;
  Value* call_ = nullptr;
  Value* group_ = nullptr;
  Value* samples_ = nullptr;                                                                   ///< i64: valid rows of this call
  std::int64_t lanes_ = 1;                                                                     ///< of vectors of the domain's dtype
  WinogradBlocks blocks_;                                                                      ///< winograd
  Value *images_ = nullptr, *transformed_ = nullptr, *products_ = nullptr, *piece_ = nullptr;  ///< winograd: private memory
  Value *gradients_ = nullptr, *sums_ = nullptr;                                               ///< winograd_gradient: the same
  llvm::GlobalVariable *block_begin_ = nullptr, *block_rows_ = nullptr;                        ///< contraction: the lists of its steps
  Band band_;                                                                                  ///< convolution, kernel_gradient
  Layout domain_;  ///< how a result of the domain's extents lies in memory
  std::vector<Value*> arguments_;
  std::vector<bool> at_entry_;                 ///< per node: a [1,1] value known before the loops
  std::map<std::array<int, 3>, Value*> memo_;  ///< node, row, vector -> value in the current block
  std::map<int, Value*> bases_;                ///< argument -> address at the base position
  std::map<int, Value*> entry_memo_;
  std::map<std::array<int, 2>, std::array<Value*, 4>> random_memo_;  ///< node, row -> words both vectors of a panel use
  std::map<int, Value*> entry_bits_;                                 ///< scalar slot -> its value as 32 bits
  std::map<int, Value*> thresholds_;                                 ///< keep_mask -> smallest word that keeps
};

}  // namespace ingot::codegen
