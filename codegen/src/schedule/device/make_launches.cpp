// From kernels in phases to launches: the shape of each kernel's grid, its operands, and which kernels share a launch.
#include "ir/error.hpp"
#include "ir/op_info.hpp"
#include "schedule/device/chain.hpp"
#include "schedule/device/launch.hpp"

#include <algorithm>

namespace ingot::codegen {

namespace {

// Parameters of a kernel take 4 KiB at most, 8 bytes for each address.
constexpr std::size_t most_operands = 500, most_port_operands = 2;
constexpr int sums_in_flight = block_threads;  // floats of shared memory for each sum of a sums kernel

std::int64_t ceil_div(std::int64_t a, std::int64_t b) { return (a + b - 1) / b; }
std::int64_t full_rows(const Type& t, std::int64_t batch) { return t.batched ? t.rows * batch : t.rows; }

/// The smallest power of two that is not below n, at most a warp.
int lanes_for(std::int64_t n) {
  int lanes = 1;
  while (lanes < n && lanes < warp_threads) lanes *= 2;
  return lanes;
}

DeviceShape shape_of(KernelKind kind) {
  switch (kind) {
    case KernelKind::rows:
      return DeviceShape::rows;
    case KernelKind::columns:
      return DeviceShape::sums;
    case KernelKind::contraction:
    case KernelKind::convolution:
      return DeviceShape::tiles;
    case KernelKind::chain:
      return DeviceShape::chain;
    default:
      return DeviceShape::points;
  }
}

/// Elementwise work that knows no columns (images of one or three channels, say) over elements in a row: runs of four are then as
/// likely as with wide matrices. Random words depend on the column, and so do operands of one row.
void flatten_points(Kernel& k) {
  if (k.kind != KernelKind::map && k.kind != KernelKind::gather) return;
  const Type domain = k.domain;
  const auto is_one = [](const Type& t) { return !t.batched && t.rows == 1 && t.cols == 1; };
  const auto is_full = [&](const Type& t) { return t.batched == domain.batched && t.rows == domain.rows && t.cols == domain.cols; };
  for (const KernelNode& n : k.nodes)
    if (!(is_full(n.type) || is_one(n.type)) || n.op == Op::iota || n.op == Op::keep_mask || n.op == Op::normal) return;
  const auto flatten = [](Type& t) {
    t.cols *= t.rows;
    t.rows = 1;
  };
  for (KernelNode& n : k.nodes)
    if (is_full(n.type)) flatten(n.type);
  flatten(k.domain);
}

class PartBuilder {
 public:
  PartBuilder(const Graph& g, const EntrySchedule& s, std::int64_t batch, const DeviceTarget& device)
      : g_(g), s_(s), batch_(batch), device_(device) {}

  LaunchPart build(const ScheduledKernel& k, const KernelInfo& info, DeviceLaunch& launch) {
    LaunchPart p;
    p.kernel = k.kernel;
    p.name = k.name;
    p.info = info;
    check(k);
    flatten_points(p.kernel);
    p.shape = shape_of(k.kernel.kind);
    if (k.kernel.kind == KernelKind::kernel_gradient && k.kernel.node(k.kernel.anchor).op == Op::conv_kernel_gradient)
      p.shape = DeviceShape::tiles;
    if (k.kernel.kind == KernelKind::kernel_gradient && p.shape == DeviceShape::points) p.shape = DeviceShape::sums;
    if (p.shape == DeviceShape::tiles && multiplies_low(p.kernel)) p.shape = DeviceShape::matrix_tiles;
    set_blocks(p);
    for (std::size_t a = 0; a < k.buffers.size(); ++a) p.operands.push_back(operand(launch, of_buffer(k, a)));
    add_ports(p, launch);
    return p;
  }

 private:
  static void check(const ScheduledKernel& k) {
    constexpr std::int64_t most = std::int64_t{1} << 31;  // indices are 32 bits wide
    if (k.buffers.size() + most_port_operands >= most_operands)
      throw UserError(k.name + ": a kernel of the cuda target reaches " + std::to_string(most_operands) +
                      " tensors at most, and this one " + std::to_string(k.buffers.size()));
    for (const Layout& l : k.kernel.arguments)
      if (l.elements() >= most)
        throw UserError(k.name + ": a tensor of " + std::to_string(l.elements()) +
                        " elements is too large for the cuda target; use a smaller batch or layer");
    if (k.kernel.kind == KernelKind::winograd || k.kernel.kind == KernelKind::kernel_transform)
      throw UserError(k.name + ": the cuda target computes convolutions directly, not through Winograd's algorithm");
  }

  static bool multiplies_low(const Kernel& k) {
    const auto& in = k.node(k.anchor).in;
    return is_low(k.node(in[0]).type.dtype) && k.node(in[0]).type.dtype == k.node(in[1]).type.dtype;
  }

  void set_blocks(LaunchPart& p) const {
    const Kernel& k = p.kernel;
    const std::int64_t rows = full_rows(k.domain, batch_);
    std::int64_t blocks = 1;
    switch (p.shape) {
      case DeviceShape::points:
        p.run = run_of(k);
        blocks = ceil_div(rows * (k.domain.cols / p.run), block_threads);
        break;
      case DeviceShape::rows:
        p.lanes = lanes_for(k.domain.cols);
        blocks = ceil_div(rows, block_threads / p.lanes);
        break;
      case DeviceShape::sums:
        p.lanes = lanes_for(k.domain.cols);
        p.parts = parts_of(k);
        blocks = ceil_div(k.domain.cols, p.lanes) * p.parts * depthwise_cells(k);
        p.shared_bytes = sums_in_flight * static_cast<int>(sizeof(float)) * sum_count(k);
        break;
      case DeviceShape::tiles:
        p.parts = parts_of(k);
        p.tile = choose_contraction_tile(rows / p.parts, k.domain.cols, p.parts, device_);
        blocks = ceil_div(rows / p.parts, p.tile.rows) * ceil_div(k.domain.cols, p.tile.cols) * p.parts;
        p.shared_bytes = p.tile.shared_floats() * static_cast<int>(sizeof(float));
        break;
      case DeviceShape::matrix_tiles:
        p.parts = parts_of(k);
        p.matrix = choose_matrix_tile(rows / p.parts, k.domain.cols, p.parts, device_);
        blocks = ceil_div(rows / p.parts, p.matrix.rows) * ceil_div(k.domain.cols, p.matrix.cols) * p.parts;
        p.shared_bytes = p.matrix.shared_bytes();
        break;
      case DeviceShape::chain:
        p.chain_rows = chain_rows(rows, device_);
        blocks = ceil_div(rows, p.chain_rows);
        p.shared_bytes = chain_shared_bytes(k);
        break;
    }
    if (blocks >= std::int64_t{1} << 31) throw UserError(p.name + ": needs more blocks than a grid has; use a smaller batch");
    p.blocks = static_cast<int>(blocks);
  }

  /// Neighbouring columns of a thread: what 128 bits hold of the narrowest numbers in memory.
  static int run_of(const Kernel& k) {
    if (k.kind == KernelKind::move) return 1;
    const bool low = std::any_of(k.arguments.begin(), k.arguments.end(), [](const Layout& l) { return is_low(l.dtype); });
    for (const int run : {8, 4})
      if ((low || run == 4) && k.domain.cols % run == 0) return run;
    return 1;
  }

  /// Partial sums over the batch, one below the other in the result.
  int parts_of(const Kernel& k) const {
    std::int64_t block = 0;
    for (const KernelNode& n : k.nodes)
      if (n.load < 0 && n.attr.block > 0) block = n.attr.block;
    return block == 0 ? 1 : static_cast<int>(ceil_div(batch_, block));
  }
  static std::int64_t depthwise_cells(const Kernel& k) { return k.kind == KernelKind::kernel_gradient ? k.window().cells() : 1; }
  static int sum_count(const Kernel& k) {
    if (k.kind == KernelKind::kernel_gradient) return 1;
    return static_cast<int>(
        std::count_if(k.nodes.begin(), k.nodes.end(), [](const KernelNode& n) { return n.load < 0 && n.op == Op::column_sum; }));
  }

  DeviceOperand of_buffer(const ScheduledKernel& k, std::size_t argument) const {
    const Buffer& b = s_.buffers[static_cast<std::size_t>(k.buffers[argument])];
    DeviceOperand o;
    o.written = std::any_of(k.kernel.stores.begin(), k.kernel.stores.end(),
                            [&](const KernelStore& st) { return st.argument == static_cast<int>(argument); });
    o.space = b.state >= 0 ? DeviceSpace::state : DeviceSpace::arena;
    o.offset = b.offset;
    if (b.result >= 0) {
      const Result& r = g_.results[static_cast<std::size_t>(b.result)];
      return of_result(r.kind == ResultKind::metric, r.index, o.written);
    }
    return o;
  }
  static DeviceOperand of_result(bool metric, std::int32_t index, bool written) {
    if (metric) return {DeviceSpace::metrics, 0, static_cast<std::uint64_t>(index) * sizeof(float), written};
    return {DeviceSpace::output, index, 0, written};
  }

  static void add_ports(LaunchPart& p, DeviceLaunch& launch) {
    const Kernel& k = p.kernel;
    if (k.kind == KernelKind::gather) {
      const DeviceSpace space = k.node(k.anchor).op == Op::target ? DeviceSpace::target : DeviceSpace::input;
      p.index_operand = operand(launch, {DeviceSpace::index, 0, 0, false});
      p.port_operand = operand(launch, {space, k.port, 0, false});
    } else if (k.kind == KernelKind::write) {
      p.port_operand = operand(launch, of_result(k.is_metric, k.port, true));
    }
  }

  static int operand(DeviceLaunch& launch, const DeviceOperand& o) {
    const auto known = std::find(launch.operands.begin(), launch.operands.end(), o);
    if (known != launch.operands.end()) {
      known->written = known->written || o.written;
      return static_cast<int>(known - launch.operands.begin());
    }
    launch.operands.push_back(o);
    return static_cast<int>(launch.operands.size()) - 1;
  }

  const Graph& g_;
  const EntrySchedule& s_;
  std::int64_t batch_;
  const DeviceTarget& device_;
};

}  // namespace

void add_part(DeviceLaunch& launch, LaunchPart part) {
  part.first_block = launch.blocks;
  launch.blocks += part.blocks;
  launch.shared_bytes = std::max(launch.shared_bytes, part.shared_bytes);
  launch.name += (launch.name.empty() ? "" : "+") + part.name;
  launch.parts.push_back(std::move(part));
}

std::vector<DeviceLaunch> make_launches(const Graph& g, const EntrySchedule& s, std::int64_t batch, const DeviceTarget& device,
                                        DeviceFusion fusion) {
  const std::vector<KernelInfo> infos = describe(s, batch);
  std::vector<DeviceLaunch> launches;
  for (std::size_t i = 0; i < s.kernels.size(); ++i) {
    const bool joins = i > 0 && fusion == DeviceFusion::fused && s.kernels[i].phase == s.kernels[i - 1].phase &&
                       launches.back().operands.size() + s.kernels[i].buffers.size() + most_port_operands <= most_operands;
    if (!joins) {
      DeviceLaunch launch;
      launch.operands.push_back({DeviceSpace::call, 0, 0, false});
      launches.push_back(std::move(launch));
    }
    add_part(launches.back(), PartBuilder(g, s, batch, device).build(s.kernels[i], infos[i], launches.back()));
  }
  return launches;
}

std::string canonical_text(const DeviceLaunch& launch) {
  std::string text;
  const auto put = [&](std::int64_t v) { text += std::to_string(v) + ' '; };
  // What a kernel may assume of an address: nobody writes there; how it is aligned.
  for (const DeviceOperand& o : launch.operands) put(o.written * 2 + (o.space == DeviceSpace::metrics));
  for (const LaunchPart& p : launch.parts) {
    text += '\n' + canonical_text(p.kernel);
    for (const int v : {static_cast<int>(p.shape),
                        p.first_block,
                        p.blocks,
                        p.run,
                        p.lanes,
                        p.parts,
                        p.tile.rows,
                        p.tile.cols,
                        p.tile.depth,
                        p.tile.thread_rows,
                        p.tile.thread_cols,
                        p.matrix.rows,
                        p.matrix.cols,
                        p.matrix.depth,
                        p.matrix.warp_rows,
                        p.matrix.warp_cols,
                        p.matrix.k_warps,
                        p.chain_rows,
                        p.index_operand,
                        p.port_operand})
      put(v);
    for (const int o : p.operands) put(o);
  }
  return text + '\n';
}

}  // namespace ingot::codegen
