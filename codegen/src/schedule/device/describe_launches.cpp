// The text of a device plan: one line for each launch, one for each kernel of it, one for each operand.
#include "ir/op_info.hpp"
#include "schedule/device/launch.hpp"

#include <tuple>

namespace ingot::codegen {

namespace {

std::string place(const DeviceOperand& o) {
  constexpr std::string_view names[] = {"state", "arena", "call", "index", "input", "target", "output", "metrics"};  // by DeviceSpace
  std::string text(names[static_cast<int>(o.space)]);
  if (o.space == DeviceSpace::input || o.space == DeviceSpace::target || o.space == DeviceSpace::output)
    text += " " + std::to_string(o.number);
  if (o.offset > 0) text += "+" + std::to_string(o.offset);
  return text;
}

std::string shape_text(const LaunchPart& p) {
  switch (p.shape) {
    case DeviceShape::points:
      return "points, " + std::to_string(p.run) + " to a thread";
    case DeviceShape::rows:
      return "rows, " + std::to_string(p.lanes) + " lanes each";
    case DeviceShape::sums:
      return "sums of " + std::to_string(p.lanes) + " columns" + (p.parts > 1 ? ", " + std::to_string(p.parts) + " parts" : "");
    case DeviceShape::tiles:
      return "tiles " + std::to_string(p.tile.rows) + "x" + std::to_string(p.tile.cols) + "x" + std::to_string(p.tile.depth) +
             (p.parts > 1 ? ", " + std::to_string(p.parts) + " parts" : "");
    case DeviceShape::matrix_tiles:
      return "matrix tiles " + std::to_string(p.matrix.rows) + "x" + std::to_string(p.matrix.cols) + "x" + std::to_string(p.matrix.depth) +
             " of " + std::to_string(p.matrix.warp_rows) + "x" + std::to_string(p.matrix.warp_cols) + " to a warp" +
             (p.matrix.k_warps > 1 ? ", " + std::to_string(p.matrix.k_warps) + " warps to a sum" : "") +
             (p.parts > 1 ? ", " + std::to_string(p.parts) + " parts" : "");
    case DeviceShape::chain:
      return "chain, " + std::to_string(p.chain_rows) + " rows to a block";
  }
  return {};
}

/// "f16 256x784 * 784x1024 -> f16 bias relu mask"
std::string product_text(const LibraryGemm& g) {
  const auto matrix = [](std::int64_t rows, std::int64_t cols) { return std::to_string(rows) + "x" + std::to_string(cols); };
  std::string text = std::string(dtype_name(g.operand_dtype)) + " " + matrix(g.m, g.k) + (g.transpose_a ? "'" : "") + " * " +
                     matrix(g.k, g.n) + (g.transpose_b ? "'" : "") + " -> " + std::string(dtype_name(g.result_dtype));
  const LibraryEpilogue& e = g.epilogue;
  using Bits = LibraryEpilogue::Bits;
  for (const auto& [bit, word, at] : {std::tuple(Bits::scale, "scale", e.scale_at), std::tuple(Bits::bias, "bias", e.bias_at),
                                      std::tuple(Bits::relu, "relu", DeviceOperand{}), std::tuple(Bits::keep_mask, "keeps mask", e.mask_at),
                                      std::tuple(Bits::mask, "mask", e.mask_at), std::tuple(Bits::column_sums, "column sums", e.sums_at)}) {
    if (!e.has(bit)) continue;
    text += std::string(", ") + word + (bit == Bits::relu ? "" : " " + place(at));
  }
  return text;
}

std::string library_text(const DeviceLaunch& l) {
  std::string text;
  for (const LibraryGemm& g : l.products) text += "  library " + product_text(g) + "\n";
  for (const DeviceLaunch& rest : l.rest) text += "  and " + rest.symbol + " for " + rest.name + "\n";
  return text;
}

}  // namespace

std::string print(const std::vector<DeviceLaunch>& launches, std::uint64_t arena_bytes) {
  std::uint64_t bytes = 0, unfused = 0;
  std::size_t with_library = 0;
  for (const DeviceLaunch& l : launches) {
    for (const LaunchPart& p : l.parts) bytes += p.info.bytes, unfused += p.info.unfused_bytes;
    with_library += l.products.empty() ? 1 : l.products.size() + l.rest.size();
  }
  std::string out = "launches " + std::to_string(launches.size()) + " arena " + std::to_string(arena_bytes) + " moves " +
                    std::to_string(bytes) + " bytes, unfused " + std::to_string(unfused) + "; with a library " +
                    std::to_string(with_library) + " launches\n";
  for (const DeviceLaunch& l : launches) {
    out += l.symbol + ": " + std::to_string(l.blocks) + " blocks, " + std::to_string(l.shared_bytes) + " bytes shared\n";
    for (const LaunchPart& p : l.parts) {
      out += "  blocks " + std::to_string(p.first_block) + ".. " + std::string(kind_name(p.kernel.kind)) + " " + p.name + " (" +
             shape_text(p) + "): " + p.info.ops + "\n   ";
      for (const int o : p.operands) {
        const DeviceOperand& operand = l.operands[static_cast<std::size_t>(o)];
        out += (operand.written ? " writes " : " reads ") + place(operand);
      }
      out += "\n";
      if (!p.info.choice.empty()) out += "    " + p.info.choice + "\n";
    }
    out += library_text(l);
    if (!l.library_why.empty()) out += "  " + l.library_why + "\n";
  }
  return out;
}

}  // namespace ingot::codegen
