// Reports of a schedule: text, and one row per kernel with its memory traffic fused and unfused.
#include "ir/op_info.hpp"
#include "schedule/explain_convolution.hpp"
#include "schedule/schedule.hpp"

#include <algorithm>

namespace ingot::codegen {

namespace {

std::uint64_t value_bytes(const Type& t, std::int64_t batch) {
  const std::int64_t size = t.dtype == DType::boolean ? 1 : static_cast<std::int64_t>(dtype_size(t.dtype));
  return static_cast<std::uint64_t>((t.batched ? t.rows * batch : t.rows) * t.cols * size);
}

std::uint64_t value_bytes(const Layout& l, std::int64_t batch) {
  return value_bytes(Type{l.dtype, l.batched, l.valid_rows, l.cols}, batch);
}

std::uint64_t fused_bytes(const Kernel& k, std::int64_t batch) {
  std::vector<bool> read(k.arguments.size(), false);
  std::uint64_t bytes = 0;
  for (const KernelNode& n : k.nodes)
    if (n.load >= 0) read[static_cast<std::size_t>(n.load)] = true;
  for (std::size_t a = 0; a < k.arguments.size(); ++a)
    if (read[a]) bytes += value_bytes(k.arguments[a], batch);
  for (const KernelStore& s : k.stores) bytes += value_bytes(k.argument(s.argument), batch);
  if (k.kind == KernelKind::gather || k.kind == KernelKind::write) bytes += value_bytes(k.domain, batch);
  return bytes;
}

std::uint64_t written_bytes(const Kernel& k, std::int64_t batch) {
  std::uint64_t bytes = k.kind == KernelKind::write ? value_bytes(k.domain, batch) : 0;
  for (const KernelStore& s : k.stores) bytes += value_bytes(k.argument(s.argument), batch);
  return bytes;
}

/// One kernel per op: every operand is read and every result written.
std::uint64_t unfused_bytes(const Kernel& k, std::int64_t batch) {
  if (k.kind == KernelKind::write) return fused_bytes(k, batch);
  std::uint64_t bytes = 0;
  for (const KernelNode& n : k.nodes) {
    if (n.load >= 0 || n.type.rows * n.type.cols == 1 || op_family(n.op) == Family::leaf) continue;
    bytes += value_bytes(n.type, batch);
    for (int in : n.in) bytes += value_bytes(k.node(in).type, batch);
  }
  if (k.kind == KernelKind::gather) bytes += 2 * value_bytes(k.domain, batch);
  return bytes;
}

/// Two for each product of a window cell with a pixel, padding included.
double window_flops(const Kernel& k, std::int64_t batch) {
  const KernelNode& n = k.node(k.anchor);
  const double cells = 2.0 * static_cast<double>(batch * n.attr.window.out_pixels() * n.attr.window.cells());
  const Type &a = k.node(n.in[0]).type, &b = k.node(n.in.back()).type;
  switch (n.op) {
    case Op::conv:
    case Op::winograd_conv:  // counted as the direct form
    case Op::winograd_kernel_gradient:
    case Op::conv_kernel_gradient:
      return cells * static_cast<double>(a.cols) * static_cast<double>(b.cols);
    case Op::depthwise_conv:
    case Op::depthwise_kernel_gradient:
      return cells * static_cast<double>(a.cols);
    default:
      return 0;
  }
}

double chain_flops(const Kernel& k, std::int64_t batch) {
  double products = 0;
  for (const KernelNode& n : k.nodes)
    if (n.load < 0 && n.op == Op::matmul)
      products += 2.0 * static_cast<double>(batch * n.type.rows * n.type.cols * k.node(n.in[0]).type.cols);
  return products;
}

double contraction_flops(const Kernel& k, std::int64_t batch) {
  if (k.anchor >= 0 && op_family(k.node(k.anchor).op) == Family::window) return window_flops(k, batch);
  if (k.kind == KernelKind::chain) return chain_flops(k, batch);
  if (k.kind != KernelKind::contraction) return 0;
  const KernelNode& m = k.node(k.anchor);
  const Type& a = k.node(m.in[0]).type;
  const auto rows = [&](const Type& t) { return static_cast<double>(t.batched ? t.rows * batch : t.rows); };
  if (!k.steps.empty()) {
    const auto lanes = static_cast<double>(k.argument(k.node(m.in[1]).load).lanes * k.steps.vectors);
    return 2.0 * rows(m.type) * k.steps.rows() * lanes;
  }
  const double length = m.attr.transpose_a ? rows(a) : static_cast<double>(a.cols);
  return 2.0 * rows(m.type) * static_cast<double>(m.type.cols) * length;
}

std::string fused_ops(const Kernel& k) {
  std::string ops;
  for (const KernelNode& n : k.nodes) {
    if (n.load >= 0 && k.kind != KernelKind::write) continue;
    if (op_family(n.op) == Family::leaf && k.kind != KernelKind::gather) continue;
    if (!ops.empty()) ops += ' ';
    ops += k.kind == KernelKind::write ? "write" : op_name(n.op);
  }
  return ops;
}

}  // namespace

std::vector<KernelInfo> describe(const EntrySchedule& s, std::int64_t batch) {
  std::vector<KernelInfo> rows;
  for (const ScheduledKernel& sk : s.kernels) {
    KernelInfo info;
    info.name = sk.name;
    info.ops = fused_ops(sk.kernel);
    info.kind = kind_name(sk.kernel.kind);
    info.phase = sk.phase;
    info.groups = static_cast<unsigned>(sk.kernel.groups);
    info.bytes = fused_bytes(sk.kernel, batch);
    info.unfused_bytes = std::max(info.bytes, unfused_bytes(sk.kernel, batch));
    info.written_bytes = written_bytes(sk.kernel, batch);
    info.flops = contraction_flops(sk.kernel, batch);
    info.choice = sk.kernel.target.dense ? sk.why : explain_convolution(sk.kernel, batch);
    rows.push_back(std::move(info));
  }
  return rows;
}

std::string print(const EntrySchedule& s) {
  std::string out = "phases " + std::to_string(s.phases) + " arena " + std::to_string(s.arena_bytes) + "\n";
  for (const ScheduledKernel& k : s.kernels) {
    out += "phase " + std::to_string(k.phase) + " " + std::string(kind_name(k.kernel.kind)) + " " + k.name + " groups " +
           std::to_string(k.kernel.groups);
    if (k.kernel.partition == Partition::panels) out += " panels";
    if (k.kernel.partition == Partition::blocks) out += " blocks of " + std::to_string(k.kernel.block);
    if (k.kernel.kind == KernelKind::contraction) out += " tile " + std::to_string(k.kernel.row_tile);
    if (!k.kernel.steps.empty()) out += " runs " + std::to_string(k.kernel.steps.first.size());
    out += ": " + fused_ops(k.kernel) + "\n";
    for (std::size_t a = 0; a < k.buffers.size(); ++a) {
      const Buffer& b = s.buffers[static_cast<std::size_t>(k.buffers[a])];
      const bool written = std::any_of(k.kernel.stores.begin(), k.kernel.stores.end(),
                                       [&](const KernelStore& st) { return st.argument == static_cast<int>(a); });
      out += std::string("  ") + (written ? "write " : "read ") +
             (b.state >= 0 ? "state " + std::to_string(b.state) : "%" + std::to_string(b.value) + " at " + std::to_string(b.offset));
      out += " [" + std::to_string(b.layout.valid_rows) + (b.layout.batched ? "B" : "") + ", " + std::to_string(b.layout.cols) +
             "] panels of " + std::to_string(b.layout.width) +
             (is_low(b.layout.dtype) ? " " + std::string(dtype_name(b.layout.dtype)) : "") + (b.layout.paired ? " in pairs\n" : "\n");
    }
  }
  return out;
}

}  // namespace ingot::codegen
