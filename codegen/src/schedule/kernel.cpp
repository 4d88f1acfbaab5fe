#include "schedule/kernel.hpp"

#include <cstdio>

namespace ingot::codegen {

namespace {

void put(std::string& out, std::int64_t v) {
  out += std::to_string(v);
  out += ' ';
}

void put(std::string& out, double v) {
  char text[40];
  std::snprintf(text, sizeof text, "%a ", v);
  out += text;
}

void put(std::string& out, const Type& t) {
  out += dtype_name(t.dtype);
  out += t.batched ? " b" : " u";
  put(out, t.rows);
  put(out, t.cols);
}

void put(std::string& out, const Window& w) {
  for (const std::int32_t v : {w.in_h, w.in_w, w.out_h, w.out_w, w.kernel_h, w.kernel_w, w.stride_h, w.stride_w, w.dilation_h, w.dilation_w,
                               w.spread_h, w.spread_w, w.pad_top, w.pad_left})
    put(out, static_cast<std::int64_t>(v));
}

void put(std::string& out, const KernelNode& n) {
  out += op_name(n.op);
  out += ' ';
  put(out, n.type);
  for (int i : n.in) put(out, static_cast<std::int64_t>(i));
  put(out, n.attr.value);
  put(out, static_cast<std::int64_t>(n.attr.index));
  put(out, static_cast<std::int64_t>(n.attr.layer));
  put(out, n.attr.begin);
  put(out, n.attr.block);
  if (op_family(n.op) == Family::window || n.op == Op::flip_kernel) put(out, n.attr.window);
  put(out, static_cast<std::int64_t>(n.attr.transpose_a * 4 + n.attr.transpose_b * 2 + n.attr.training));
  put(out, static_cast<std::int64_t>(n.load));
  out += '\n';
}

void put(std::string& out, const Layout& l) {
  out += dtype_name(l.dtype);
  out += l.batched ? " b" : " u";
  for (std::int64_t v : {l.valid_rows, l.cols, l.rows, l.width, l.lanes}) put(out, v);
  if (l.paired) out += "paired";
  out += '\n';
}

void put(std::string& out, const BlockSteps& s) {
  if (s.empty()) return;
  out += "blocks ";
  put(out, s.length);
  put(out, s.vectors);
  for (const std::vector<std::int32_t>* list : {&s.begin, &s.first})
    for (const std::int32_t v : *list) put(out, static_cast<std::int64_t>(v));
  out += '\n';
}

}  // namespace

std::string_view kind_name(KernelKind kind) {
  constexpr std::string_view names[] = {"gather",
                                        "map",
                                        "rows",
                                        "columns",
                                        "contraction",
                                        "convolution",
                                        "winograd",
                                        "kernel_transform",
                                        "kernel_gradient",
                                        "pool",
                                        "pool_gradient",
                                        "fold",
                                        "lookup",
                                        "lookup_gradient",
                                        "move",
                                        "write",
                                        "chain"};
  return names[static_cast<int>(kind)];
}

std::string canonical_text(const Kernel& k) {
  std::string out;
  out.reserve(1024);
  out += kind_name(k.kind);
  out += ' ';
  for (std::int64_t v :
       {static_cast<std::int64_t>(k.partition), k.block, k.groups, static_cast<std::int64_t>(k.row_tile),
        static_cast<std::int64_t>(k.anchor), static_cast<std::int64_t>(k.scalar_seed_low), static_cast<std::int64_t>(k.scalar_seed_high),
        static_cast<std::int64_t>(k.scalar_step), static_cast<std::int64_t>(k.port), static_cast<std::int64_t>(k.is_metric)})
    put(out, v);
  out += dtype_name(k.port_dtype);
  if (k.pairs) out += " pairs";
  out += '\n';
  put(out, k.domain);
  out += '\n';
  for (const KernelNode& n : k.nodes) put(out, n);
  for (const KernelStore& s : k.stores) {
    put(out, static_cast<std::int64_t>(s.node));
    put(out, static_cast<std::int64_t>(s.argument));
  }
  out += '\n';
  for (const Layout& l : k.arguments) put(out, l);
  put(out, k.steps);
  out += k.target.cpu + ' ' + k.target.features + ' ' + std::to_string(k.target.vector_bytes) + '\n';
  return out;
}

}  // namespace ingot::codegen
