#include "schedule/device/library_gemm.hpp"

#include "ir/op_info.hpp"

#include <utility>

namespace ingot::codegen {

namespace {

struct Epilogue {
  LibraryEpilogue kind = LibraryEpilogue::none;
  int bias = -1;  ///< node
};

/// The operand of a two-sided op whose other side is such a node, and that node; -1: none.
template <class Test>
std::pair<int, int> beside(const KernelNode& n, Test&& test) {
  if (test(n.in[1])) return {n.in[0], n.in[1]};
  if (test(n.in[0])) return {n.in[1], n.in[0]};
  return {-1, -1};
}

/// What max(x, 0) is of.
int relu_operand(const Kernel& k, const KernelNode& n) {
  if (n.load >= 0 || n.op != Op::maximum) return -1;
  return beside(n, [&](int in) { return k.node(in).load < 0 && k.node(in).op == Op::constant && k.node(in).attr.value == 0; }).first;
}

/// What x + bias is of, and the bias: a row that is read from memory.
std::pair<int, int> bias_operands(const Kernel& k, const KernelNode& n) {
  if (n.load >= 0 || n.op != Op::add) return {-1, -1};
  return beside(n, [&](int in) {
    const Type& t = k.node(in).type;
    return k.node(in).load >= 0 && !t.batched && t.rows == 1 && t.cols == k.domain.cols;
  });
}

std::optional<Epilogue> epilogue_of(const Kernel& k) {
  if (k.stores.size() != 1) return std::nullopt;
  Epilogue e;
  int node = k.stores[0].node;
  const DType result = k.node(node).type.dtype;
  if (is_low(result) && k.node(node).load < 0 && k.node(node).op == Op::cast) node = k.node(node).in[0];
  const int below_relu = relu_operand(k, k.node(node));
  const bool relu = below_relu >= 0;
  if (relu) node = below_relu;
  if (const auto [product, bias] = bias_operands(k, k.node(node)); bias >= 0) {
    e.bias = bias;
    node = product;
  }
  if (node != k.anchor || (e.bias >= 0 && is_low(result))) return std::nullopt;
  e.kind = e.bias >= 0 ? (relu ? LibraryEpilogue::relu_bias : LibraryEpilogue::bias) : relu ? LibraryEpilogue::relu : LibraryEpilogue::none;
  return e;
}

}  // namespace

std::optional<LibraryGemm> library_gemm(const DeviceLaunch& launch, std::int64_t batch) {
  if (launch.parts.size() != 1 || launch.parts[0].kernel.kind != KernelKind::contraction) return std::nullopt;
  const LaunchPart& part = launch.parts[0];
  const Kernel& k = part.kernel;
  const auto epilogue = epilogue_of(k);
  if (!epilogue) return std::nullopt;
  const KernelNode& matmul = k.node(k.anchor);
  const auto rows = [&](const Type& t) { return t.batched ? t.rows * batch : t.rows; };
  const auto operand = [&](int argument) {
    return launch.operands[static_cast<std::size_t>(part.operands[static_cast<std::size_t>(argument)])];
  };
  const KernelNode &a = k.node(matmul.in[0]), &b = k.node(matmul.in[1]);
  LibraryGemm g;
  g.transpose_a = matmul.attr.transpose_a;
  g.transpose_b = matmul.attr.transpose_b;
  g.m = rows(k.domain);
  g.n = g.ldd = k.domain.cols;
  g.k = g.transpose_a ? rows(a.type) : a.type.cols;
  g.lda = a.type.cols;
  g.ldb = b.type.cols;
  if (a.type.dtype != b.type.dtype) return std::nullopt;
  g.operand_dtype = a.type.dtype;
  g.result_dtype = k.node(k.stores[0].node).type.dtype;
  if (is_low(g.result_dtype) && g.result_dtype != g.operand_dtype) return std::nullopt;
  g.epilogue = epilogue->kind;
  g.a = operand(a.load);
  g.b = operand(b.load);
  g.d = operand(k.stores[0].argument);
  if (epilogue->bias >= 0) g.bias = operand(k.node(epilogue->bias).load);
  return g;
}

}  // namespace ingot::codegen
