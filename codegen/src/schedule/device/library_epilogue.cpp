#include "schedule/device/library_epilogue.hpp"

#include "ir/op_info.hpp"

#include <algorithm>
#include <utility>

namespace ingot::codegen {

namespace {

using Bits = LibraryEpilogue::Bits;

const DeviceOperand& operand(const DeviceLaunch& launch, const LaunchPart& part, int argument) {
  return launch.operands[static_cast<std::size_t>(part.operands[static_cast<std::size_t>(argument)])];
}

/// The epilogue of a kernel as local nodes; -1: none.
struct Matched {
  std::uint32_t bits = 0;
  int scale = -1, bias = -1, passes = -1;
};

class Matcher {
 public:
  explicit Matcher(const Kernel& k) : k_(k) {}

  /// From the value stored back to the product, an op of the library at a time.
  std::optional<Matched> match() {
    int v = k_.stores[0].node;
    if (is_low(node(v).type.dtype) && computes(v, Op::cast)) v = node(v).in[0];
    v = back_over_derivative(v);
    if (found_.passes < 0) v = back_over_bias(back_over_relu(v));
    v = back_over_scale(v);
    return v == k_.anchor ? std::optional(found_) : std::nullopt;
  }

 private:
  [[nodiscard]] const KernelNode& node(int v) const { return k_.node(v); }
  [[nodiscard]] bool computes(int v, Op op) const { return v != k_.anchor && node(v).load < 0 && node(v).op == op; }
  [[nodiscard]] bool is_zero(int v) const { return computes(v, Op::constant) && node(v).attr.value == 0; }

  /// The operand of a two-sided op whose other side passes `test`, and that side; -1: none.
  template <class Test>
  std::pair<int, int> beside(int v, Test&& test) const {
    const std::vector<int>& in = node(v).in;
    if (test(in[1])) return {in[0], in[1]};
    if (test(in[0])) return {in[1], in[0]};
    return {-1, -1};
  }

  /// select(y > 0, x, 0): y is read, in full.
  int back_over_derivative(int v) {
    if (!computes(v, Op::select) || !is_zero(node(v).in[2])) return v;
    const int condition = node(v).in[0];
    if (!computes(condition, Op::greater) || !is_zero(node(condition).in[1])) return v;
    int y = node(condition).in[0];
    if (computes(y, Op::cast)) y = node(y).in[0];
    const Type& t = node(y).type;
    if (node(y).load < 0 || t.batched != k_.domain.batched || t.rows != k_.domain.rows || t.cols != k_.domain.cols) return v;
    found_.bits |= Bits::mask;
    found_.passes = y;
    return node(v).in[1];
  }
  int back_over_relu(int v) {
    if (!computes(v, Op::maximum)) return v;
    const int x = beside(v, [&](int side) { return is_zero(side); }).first;
    if (x < 0) return v;
    found_.bits |= Bits::relu;
    return x;
  }
  int back_over_bias(int v) {
    if (!computes(v, Op::add)) return v;
    const auto [x, bias] = beside(v, [&](int side) {
      const Type& t = node(side).type;
      return node(side).load >= 0 && !t.batched && t.rows == 1 && t.cols == k_.domain.cols;
    });
    if (bias < 0) return v;
    found_.bits |= Bits::bias;
    found_.bias = bias;
    return x;
  }
  int back_over_scale(int v) {
    if (!computes(v, Op::mul)) return v;
    const auto [x, scale] = beside(v, [&](int side) {
      const Type& t = node(side).type;
      return node(side).load >= 0 && !t.batched && t.rows == 1 && t.cols == 1 && t.dtype == DType::f32;
    });
    if (scale < 0) return v;
    found_.bits |= Bits::scale;
    found_.scale = scale;
    return x;
  }

  const Kernel& k_;
  Matched found_;
};

/// Where a bias lies in the result's type; nothing: nowhere.
std::optional<DeviceOperand> bias_operand(const DeviceOperand& at, DType bias, DType result, const DevicePlan& plan) {
  if (bias == result) return at;
  for (const Mirror& m : plan.mirrors) {
    const DeviceOperand master{DeviceSpace::state, 0, plan.state_offsets[static_cast<std::size_t>(m.state)], false};
    if (at == master && m.layout.dtype == result) return DeviceOperand{DeviceSpace::state, 0, m.offset, false};
  }
  return std::nullopt;
}

}  // namespace

std::optional<LibraryCandidate> library_candidate(const DeviceLaunch& launch, const LaunchPart& part, const DevicePlan& plan) {
  const Kernel& k = part.kernel;
  if (k.kind != KernelKind::contraction || part.parts > 1 || k.stores.size() != 1) return std::nullopt;
  const auto matched = Matcher(k).match();
  if (!matched) return std::nullopt;
  const KernelNode& matmul = k.node(k.anchor);
  const KernelNode &a = k.node(matmul.in[0]), &b = k.node(matmul.in[1]);
  const auto rows = [&](const Type& t) { return t.batched ? t.rows * plan.batch : t.rows; };
  const auto at = [&](int node) { return operand(launch, part, k.node(node).load); };
  LibraryCandidate c;
  LibraryGemm& g = c.gemm;
  g.transpose_a = matmul.attr.transpose_a;
  g.transpose_b = matmul.attr.transpose_b;
  g.m = rows(k.domain);
  g.n = g.ldd = k.domain.cols;
  g.k = g.transpose_a ? rows(a.type) : a.type.cols;
  g.lda = a.type.cols;
  g.ldb = b.type.cols;
  g.operand_dtype = a.type.dtype;
  g.result_dtype = k.node(k.stores[0].node).type.dtype;
  if (a.type.dtype != b.type.dtype || (is_low(g.result_dtype) && g.result_dtype != g.operand_dtype)) return std::nullopt;
  g.a = at(matmul.in[0]);
  g.b = at(matmul.in[1]);
  g.d = operand(launch, part, k.stores[0].argument);
  g.epilogue.bits = matched->bits;
  if (matched->scale >= 0) g.epilogue.scale_at = at(matched->scale);
  if (matched->bias >= 0) {
    const auto bias = bias_operand(at(matched->bias), k.node(matched->bias).type.dtype, g.result_dtype, plan);
    if (!bias) return std::nullopt;
    g.epilogue.bias_at = *bias;
    g.epilogue.bias_dtype = g.result_dtype;
  }
  if (matched->passes >= 0) c.passes = at(matched->passes);
  return c;
}

bool sums_columns(const DeviceLaunch& launch, const LaunchPart& part, const LibraryGemm& gemm) {
  const Kernel& k = part.kernel;
  if (k.kind != KernelKind::columns || part.parts > 1 || k.stores.size() != 1 || gemm.transpose_b) return false;
  const KernelNode& sum = k.node(k.stores[0].node);
  if (sum.load >= 0 || sum.op != Op::column_sum || sum.type.dtype != DType::f32 || gemm.result_dtype != DType::f32) return false;
  int of = sum.in[0];
  if (k.node(of).load < 0 && k.node(of).op == Op::cast) of = k.node(of).in[0];
  return k.node(of).load >= 0 && operand(launch, part, k.node(of).load) == gemm.b;
}

}  // namespace ingot::codegen
