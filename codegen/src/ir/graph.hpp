// The value graph: typed matrices in SSA form. Owns nodes, the state table, the scalar table and the list of results;
// knows nothing of kernels, layouts or targets.
//
// Every value is a matrix [rows, cols]. A batched value has `rows` rows for each sample of the batch, so its extent is
// known only at run time (1..B samples); other values have exactly `rows` rows. Elementwise operands broadcast: an extent
// of 1 (unbatched, for rows) goes with any other.
// Nodes are in topological order: operands have smaller ids. A read of a `state` leaf is the value at the start of the step.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace ingot::codegen {

enum class DType : std::uint8_t { f32, f64, f16, bf16, u8, i32, boolean };

struct Type {
  DType dtype = DType::f32;
  bool batched = false;
  std::int64_t rows = 1;  ///< per sample when batched
  std::int64_t cols = 1;
  bool operator==(const Type&) const = default;
};

enum class Op : std::uint8_t {
#define OP(name, arity, family) name,
#include "ir/op_table.def"
#undef OP
};
enum class Family : std::uint8_t { leaf, map, rows, columns, fold, matmul, window, move, table, norm, loss };

using ValueId = std::int32_t;
inline constexpr ValueId no_value = -1;

/// A window that slides over an image. The pixels of an image are the rows of one sample, line by line; its channels are the columns.
/// Cell (i, j) of the window at output (y, x) is pixel (y * stride_h + i * dilation_h - pad_top, x * stride_w + j * dilation_w -
/// pad_left) of the spread image, in which input pixel p lies at p * spread; everything else there, and outside, is padding.
/// Spreading by s is the adjoint of a stride of s.
struct Window {
  std::int32_t in_h = 0, in_w = 0, out_h = 0, out_w = 0;
  std::int32_t kernel_h = 1, kernel_w = 1;
  std::int32_t stride_h = 1, stride_w = 1;
  std::int32_t dilation_h = 1, dilation_w = 1;
  std::int32_t spread_h = 1, spread_w = 1;
  std::int32_t pad_top = 0, pad_left = 0;  ///< may be negative: pixels that no window reaches
  bool operator==(const Window&) const = default;
  [[nodiscard]] std::int64_t in_pixels() const { return static_cast<std::int64_t>(in_h) * in_w; }
  [[nodiscard]] std::int64_t out_pixels() const { return static_cast<std::int64_t>(out_h) * out_w; }
  [[nodiscard]] std::int64_t cells() const { return static_cast<std::int64_t>(kernel_h) * kernel_w; }
  [[nodiscard]] bool inside() const;    ///< no window reaches padding
  [[nodiscard]] bool disjoint() const;  ///< inside, and the windows lie side by side: no pixel belongs to two
  /// The window that writes what this one reads: a stride becomes a spread and the reverse, the kernel is taken flipped.
  [[nodiscard]] Window adjoint() const;
};

struct Attr {
  double value = 0;        ///< constant, slope, threshold
  std::int32_t index = 0;  ///< input, target, state, scalar: number in its table
  std::int32_t layer = 0;  ///< keep_mask, normal, dropout: number of the random stream
  std::int64_t begin = 0;  ///< slice
  std::int64_t block = 0;  ///< sums over the batch: samples of each partial sum; 0: one sum over all
  Window window;           ///< window family; flip_kernel: only its kernel
  bool transpose_a = false, transpose_b = false;
  bool training = false;  ///< dropout
  bool operator==(const Attr&) const = default;
};

struct Node {
  Op op = Op::constant;
  Type type;
  std::vector<ValueId> in;
  Attr attr;
  std::string name;  ///< where it comes from: "hidden.matmul", "hidden.kernel/grad"; names kernels in reports
};

/// As in ingot_abi.h; but a mirror, a copy of state `parameter` in another dtype, is the program's own and behind all others.
enum class Role : std::uint8_t { parameter, slot, statistic, frozen, mirror };
enum class Init : std::uint8_t { constant, uniform, truncated_normal, normal, orthogonal };  // as in ingot_abi.h

/// Blocks of zeros of a weight matrix that stay zeros as long as the program lives.
struct BlockPattern {
  std::int64_t rows = 1, columns = 1;  ///< of a block; fewer at the lower and right edge
  std::int64_t across = 0;             ///< blocks side by side
  std::vector<std::uint8_t> kept;      ///< per block, row-major: 0: all its weights are 0; empty: nothing is known
};

/// A tensor that outlives the step.
struct StateInfo {
  std::string name;                ///< "hidden.kernel", "hidden.kernel/adam.m"
  std::vector<std::int64_t> dims;  ///< canonical shape; as a matrix: [product of all but the last, last]
  DType dtype = DType::f32;
  Role role = Role::parameter;
  Init init = Init::constant;
  double init_value = 0;
  std::int32_t parameter = -1;  ///< slots, mirrors: the state they belong to; slots of the whole program: -1
  BlockPattern blocks{};        ///< of a parameter in a program that does not train; no part of the text form
  [[nodiscard]] std::int64_t rows() const;
  [[nodiscard]] std::int64_t cols() const;
};

enum class ScalarKind : std::uint8_t {
  hp,
  rate,
  step,
  seed_low,
  seed_high,
  power,
  update,
  apply,
  nadam_product,
  momentum,
  momentum_power
};  // as in ingot_abi.h
struct ScalarInfo {
  std::string name;
  ScalarKind kind = ScalarKind::hp;
  std::int32_t index = -1;  ///< hp, power, nadam_product: hyper-parameter
  double constant = 0;      ///< power, nadam_product: base when index < 0
};

/// Model inputs, targets and outputs: shape of one row.
struct PortInfo {
  std::string name;
  std::vector<std::int64_t> dims;
  DType dtype = DType::f32;  ///< input: u8 when raw bytes are allowed; target: i32 for class numbers
};

enum class ResultKind : std::uint8_t {
  assign,  ///< state `index` takes this value at the end of the step
  metric,  ///< [1,1] f32/f64: metric `index`
  output,  ///< predict: output `index`; gradient: result `index`
};
struct Result {
  ResultKind kind = ResultKind::output;
  std::int32_t index = 0;
  ValueId value = no_value;
  std::string name;  ///< "loss", "hidden.kernel"
};

struct Graph {
  std::string name;          ///< "fashion.train"
  DType dtype = DType::f32;  ///< of computation
  DType low = DType::f32;    ///< f16, bf16: of what pass/mixed_precision.hpp stores and multiplies in less; f32: nothing
  std::vector<PortInfo> inputs, targets, outputs;
  std::vector<StateInfo> states;
  std::vector<ScalarInfo> scalars;
  std::vector<Node> nodes;
  std::vector<Result> results;

  ValueId add(Op op, Type type, std::vector<ValueId> in = {}, Attr attr = {}, std::string node_name = {});
  [[nodiscard]] const Node& node(ValueId v) const { return nodes[static_cast<std::size_t>(v)]; }
  [[nodiscard]] const Type& type(ValueId v) const { return node(v).type; }
  [[nodiscard]] ValueId size() const { return static_cast<ValueId>(nodes.size()); }
};

[[nodiscard]] std::string_view op_name(Op op);
[[nodiscard]] int op_arity(Op op);
[[nodiscard]] Family op_family(Op op);
[[nodiscard]] std::string_view dtype_name(DType t);
[[nodiscard]] std::size_t dtype_size(DType t);
/// How often each value is used by nodes and results.
[[nodiscard]] std::vector<int> use_counts(const Graph& g);

}  // namespace ingot::codegen
