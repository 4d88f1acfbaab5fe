// From regions to kernels: local numbering of nodes, arguments and stores, and the cut into groups.
#include "ir/error.hpp"
#include "schedule/pairs.hpp"
#include "schedule/partition.hpp"
#include "schedule/schedule.hpp"

#include <algorithm>
#include <map>

namespace ingot::codegen {

namespace {

std::int64_t full_rows(const Type& t, std::int64_t batch) { return t.batched ? t.rows * batch : t.rows; }

/// Where values lie, per value: with their rows one after the other, in pairs, or both. -1: not there.
struct ValueBuffers {
  std::vector<int> plain, paired;
};

class KernelBuilder {
 public:
  KernelBuilder(const Graph& g, const Fusion& f, std::int64_t batch, const Target& target, EntrySchedule& out, const ValueBuffers& buffers)
      : g_(g), f_(f), batch_(batch), target_(target), out_(out), buffers_(buffers) {}

  ScheduledKernel build(int region, const std::vector<bool>& stored, const std::vector<std::vector<int>>& assigned) {
    const Region& r = f_.regions[static_cast<std::size_t>(region)];
    region_ = region;
    k_.kernel.kind = r.kind;
    k_.kernel.domain = r.domain;
    k_.kernel.target = target_;
    k_.name = g_.node(r.anchor != no_value ? r.anchor : r.nodes.front()).name;
    if (r.kind == KernelKind::chain) k_.name = g_.node(r.nodes.front()).name + ".." + k_.name;
    k_.why = r.why;
    for (ValueId v : r.nodes) local(v);
    if (r.anchor != no_value) set_anchor(r.anchor);
    cut();
    for (ValueId v : r.nodes) {
      const auto i = static_cast<std::size_t>(v);
      for (const int buffer : {buffers_.plain[i], buffers_.paired[i]})
        if (stored[i] && buffer >= 0) store(v, buffer);
      for (int buffer : assigned[i]) store(v, buffer);
    }
    describe_accesses();
    return std::move(k_);
  }

 private:
  static std::size_t index(ValueId v) { return static_cast<std::size_t>(v); }

  int argument(int buffer) {
    const auto known = std::find(k_.buffers.begin(), k_.buffers.end(), buffer);
    if (known != k_.buffers.end()) return static_cast<int>(known - k_.buffers.begin());
    k_.buffers.push_back(buffer);
    k_.kernel.arguments.push_back(out_.buffers[static_cast<std::size_t>(buffer)].layout);
    return static_cast<int>(k_.buffers.size()) - 1;
  }

  /// The local number of a value: a node of this region, an inline node copied here, or a load. `paired`: from where its rows are.
  int local(ValueId v, bool paired = false) {
    if (const auto known = local_.find({v, paired}); known != local_.end()) return known->second;
    const Node& n = g_.node(v);
    KernelNode out;
    out.op = n.op;
    out.type = n.type;
    out.attr = n.attr;
    const bool here = f_.region_of[index(v)] == region_;
    if (here || f_.inlined[index(v)]) {
      const bool pairs = multiplies_pairs(g_, n, target_);
      for (std::size_t k = 0; k < n.in.size(); ++k) out.in.push_back(local(n.in[k], pairs && reads_paired(n, k)));
      if (n.op == Op::keep_mask || n.op == Op::normal) find_random_scalars();
    } else {
      out.load = argument((paired ? buffers_.paired : buffers_.plain)[index(v)]);
      if (target_.dense) {  // what is read is memory, whoever made it: equal kernels of different layers are one
        out.op = Op::state;
        out.attr = {};
      }
    }
    k_.kernel.nodes.push_back(std::move(out));
    const int id = static_cast<int>(k_.kernel.nodes.size()) - 1;
    local_.emplace(std::pair(v, paired), id);
    return id;
  }

  void find_random_scalars() {
    for (std::size_t i = 0; i < g_.scalars.size(); ++i) {
      if (g_.scalars[i].kind == ScalarKind::seed_low) k_.kernel.scalar_seed_low = static_cast<int>(i);
      if (g_.scalars[i].kind == ScalarKind::seed_high) k_.kernel.scalar_seed_high = static_cast<int>(i);
      if (g_.scalars[i].kind == ScalarKind::step) k_.kernel.scalar_step = static_cast<int>(i);
    }
  }

  void set_anchor(ValueId v) {
    const Node& n = g_.node(v);
    k_.kernel.anchor = local(v);
    k_.kernel.pairs = multiplies_pairs(g_, n, target_);
    if (n.op == Op::input || n.op == Op::target) {
      k_.kernel.port = n.attr.index;
      k_.kernel.port_dtype = n.op == Op::target ? g_.targets[static_cast<std::size_t>(n.attr.index)].dtype : g_.dtype;
    }
  }

  void store(ValueId v, int buffer) { k_.kernel.stores.push_back({local(v), argument(buffer)}); }

  void cut() {
    Kernel& k = k_.kernel;
    if (target_.dense) return;
    if (k.kind == KernelKind::contraction) return cut_contraction();
    if (k.kind == KernelKind::kernel_gradient) return cut_kernel_gradient();
    if (k.kind == KernelKind::lookup_gradient) return cut_lookup_gradient();
    if (k.kind == KernelKind::kernel_transform) return set_panels(make_layout(k.domain, batch_, target_).panels());
    const bool window = k.anchor >= 0 && op_family(k.node(k.anchor).op) == Family::window;
    if (k.domain.batched && (k.domain.rows > 1 || window)) return cut_images();
    const Layout layout = make_layout(k.domain, batch_, target_);
    const std::int64_t rows = full_rows(k.domain, batch_);
    const bool by_panels = (k.kind == KernelKind::columns || k.kind == KernelKind::map) && layout.panels() > 1;
    if (by_panels && (layout.panels() >= enough_groups || k.kind == KernelKind::columns || !k.domain.batched))
      set_panels(layout.panels());
    else if (k.kind != KernelKind::columns && rows > 1)
      set_blocks(
          k.domain.batched ? batch_block(rows) : std::int64_t{2} * target_.vector_bytes / static_cast<std::int64_t>(dtype_size(g_.dtype)),
          rows);
  }

  /// Whole samples in a group. Sums over the batch that were not split go by panels, each over all samples.
  void cut_images() {
    const Kernel& k = k_.kernel;
    std::int64_t block = sample_block(batch_);
    if (k.kind == KernelKind::columns) {
      const auto sum =
          std::find_if(k.nodes.begin(), k.nodes.end(), [](const KernelNode& n) { return n.op == Op::column_sum && n.load < 0; });
      block = sum->attr.block;
      if (block == 0) {
        const std::int64_t panels = make_layout(k.domain, batch_, target_).panels();
        if (panels > 1) set_panels(panels);
        return;
      }
    }
    set_blocks(block * k.domain.rows, batch_ * k.domain.rows);
  }

  void cut_kernel_gradient() {
    const Kernel& k = k_.kernel;
    const KernelNode& n = k.node(k.anchor);
    if (n.attr.block > 0)
      set_blocks(k.domain.rows / ((batch_ + n.attr.block - 1) / n.attr.block), k.domain.rows);
    else if (const std::int64_t panels = make_layout(k.domain, batch_, target_).panels(); panels > 1)
      set_panels(panels);
  }

  /// Every group goes through all numbers, so there are just enough of them.
  void cut_lookup_gradient() {
    const std::int64_t rows = k_.kernel.domain.rows;
    set_blocks((rows + enough_groups - 1) / enough_groups, rows);
  }

  void set_panels(std::int64_t panels) {
    k_.kernel.partition = Partition::panels;
    k_.kernel.groups = panels;
  }
  void set_blocks(std::int64_t block, std::int64_t rows) {
    k_.kernel.partition = Partition::blocks;
    k_.kernel.block = block;
    k_.kernel.groups = (rows + block - 1) / block;
  }

  void cut_contraction() {
    Kernel& k = k_.kernel;
    const KernelNode& matmul = k.node(k.anchor);
    const Layout result = make_layout(k.domain, batch_, target_);
    const std::int64_t rows = full_rows(k.domain, batch_);
    const Layout a = k.argument(k.node(matmul.in[0]).load);
    const bool transposed = matmul.attr.transpose_a;
    // Rows of the result that come from columns of a panel of A are cut panel by panel.
    const std::int64_t block = transposed ? a.width : batch_block(rows);
    const std::int64_t blocks = (rows + block - 1) / block;
    const bool repacks = matmul.attr.transpose_b;  // every group transposes the panel it needs: never per block of rows
    const bool panels = result.panels() >= enough_groups || result.panels() >= blocks || (repacks && result.panels() > 1);
    if (panels && result.panels() > 1)
      set_panels(result.panels());
    else if (blocks > 1 && block > 1)
      set_blocks(block, rows);
    // Behind the rows of a batch there is room for one more tile; behind those of other matrices there is none.
    const std::int64_t room = k.domain.batched ? 0 : result.rows;
    const std::int64_t divides = transposed ? a.width : k.partition == Partition::blocks ? k.block : room;
    k.row_tile = choose_row_tile(target_, result.vectors(), rows, divides);
    if (!transposed && !repacks) skip_blocks(a);
  }

  void skip_blocks(const Layout& a) {
    Kernel& k = k_.kernel;
    const int weights = k.node(k.node(k.anchor).in[1]).load;
    const int state = out_.buffers[static_cast<std::size_t>(k_.buffers[static_cast<std::size_t>(weights)])].state;
    if (state < 0) return;
    if (auto steps = block_steps(g_.states[static_cast<std::size_t>(state)].blocks, a, k.argument(weights))) k.steps = std::move(*steps);
  }

  // ---- what each group touches

  Access access(int argument_number, bool write, Slice slice, std::int64_t block = 0) const {
    return {k_.buffers[static_cast<std::size_t>(argument_number)], write, slice, block};
  }

  /// A matrix read or written at the same row and column as the result.
  Access aligned(int argument_number, bool write) const {
    const Kernel& k = k_.kernel;
    const Layout& l = k.argument(argument_number);
    if (k.partition == Partition::panels && l.cols == k.domain.cols) return access(argument_number, write, Slice::panel);
    const bool rows_agree = l.batched == k.domain.batched && l.valid_rows == k.domain.rows;
    if (k.partition == Partition::blocks && rows_agree) return access(argument_number, write, Slice::row_block, k.block);
    return access(argument_number, write, Slice::all);
  }

  void describe_accesses() {
    const Kernel& k = k_.kernel;
    if (k.kind == KernelKind::chain) {
      for (const KernelNode& n : k.nodes)
        if (n.load >= 0) k_.accesses.push_back(access(n.load, false, Slice::all));
    } else if (k.kind == KernelKind::contraction) {
      describe_operands(k.node(k.node(k.anchor).in[0]).load, k.node(k.node(k.anchor).in[1]).load);
    } else if (k.anchor >= 0) {
      for (int in : k.node(k.anchor).in) k_.accesses.push_back(of_samples(k.node(in).load));
    }
    for (std::size_t i = 0; i < k.nodes.size(); ++i) {
      if (k.nodes[i].load < 0 || !used_by_epilogue(static_cast<int>(i))) continue;
      k_.accesses.push_back(aligned(k.nodes[i].load, false));
    }
    for (const KernelStore& s : k.stores) k_.accesses.push_back(aligned(s.argument, true));
  }

  /// An operand of the anchor: a group of whole samples reads those samples, all else may be anywhere.
  Access of_samples(int argument_number) const {
    const Kernel& k = k_.kernel;
    const Layout& l = k.argument(argument_number);
    const KernelNode& n = k.node(k.anchor);
    if (op_family(n.op) != Family::window || !l.batched || k.partition != Partition::blocks)
      return access(argument_number, false, Slice::all);
    const std::int64_t samples = n.attr.block > 0 ? n.attr.block : sample_block(batch_);
    return access(argument_number, false, Slice::row_block, samples * l.valid_rows);
  }

  bool used_by_epilogue(int node) const {
    const Kernel& k = k_.kernel;
    for (std::size_t i = 0; i < k.nodes.size(); ++i)
      if (static_cast<int>(i) != k.anchor && std::find(k.nodes[i].in.begin(), k.nodes[i].in.end(), node) != k.nodes[i].in.end())
        return true;
    return std::any_of(k.stores.begin(), k.stores.end(), [&](const KernelStore& s) { return s.node == node; });
  }

  void describe_operands(int a, int b) {
    const Kernel& k = k_.kernel;
    const Attr& attr = k.node(k.anchor).attr;
    const bool panels = k.partition == Partition::panels, blocks = k.partition == Partition::blocks;
    if (attr.transpose_a)
      k_.accesses.push_back(blocks && k.block == k.argument(a).width ? access(a, false, Slice::panel) : access(a, false, Slice::all));
    else
      k_.accesses.push_back(blocks ? access(a, false, Slice::row_block, k.block) : access(a, false, Slice::all));
    if (attr.transpose_b)
      k_.accesses.push_back(panels ? access(b, false, Slice::row_block, make_layout(k.domain, batch_, target_).width)
                                   : access(b, false, Slice::all));
    else
      k_.accesses.push_back(panels ? access(b, false, Slice::panel) : access(b, false, Slice::all));
  }

  const Graph& g_;
  const Fusion& f_;
  std::int64_t batch_;
  const Target& target_;
  EntrySchedule& out_;
  const ValueBuffers& buffers_;
  int region_ = -1;
  ScheduledKernel k_;
  std::map<std::pair<ValueId, bool>, int> local_;
};

/// Values that other regions read, or that the caller gets.
std::vector<bool> find_stored(const Graph& g, const Fusion& f) {
  std::vector<bool> stored(g.nodes.size(), false);
  const auto index = [](ValueId v) { return static_cast<std::size_t>(v); };
  // An inline node reads its operands in the region of whoever uses it, so those have to lie in memory.
  for (ValueId v = 0; v < g.size(); ++v)
    for (ValueId in : g.node(v).in) {
      const int from = f.region_of[index(in)];
      if (from >= 0 && (f.inlined[index(v)] || f.region_of[index(v)] != from)) stored[index(in)] = true;
      const bool in_registers = from == f.region_of[index(v)] && from >= 0 && f.regions[index(from)].kind == KernelKind::chain;
      if (from >= 0 && op_family(g.node(v).op) == Family::matmul && !in_registers) stored[index(in)] = true;
    }
  for (const Result& r : g.results)
    if (r.kind != ResultKind::assign) stored[index(r.value)] = true;
  return stored;
}

/// Per value, in which forms it is read: with its rows one after the other, in pairs.
struct Readers {
  std::vector<bool> plain, paired;
};
Readers find_readers(const Graph& g, const Target& target) {
  Readers r{std::vector<bool>(g.nodes.size(), false), std::vector<bool>(g.nodes.size(), false)};
  for (const Node& n : g.nodes) {
    const bool pairs = multiplies_pairs(g, n, target);
    for (std::size_t k = 0; k < n.in.size(); ++k)
      (pairs && reads_paired(n, k) ? r.paired : r.plain)[static_cast<std::size_t>(n.in[k])] = true;
  }
  for (const Result& result : g.results)
    if (result.kind != ResultKind::assign) r.plain[static_cast<std::size_t>(result.value)] = true;
  return r;
}

/// The kernel that carries an output or a metric to the caller.
ScheduledKernel make_write(const Graph& g, const Result& r, const EntrySchedule& s, int buffer, std::int64_t batch, const Target& target) {
  ScheduledKernel out;
  Kernel& k = out.kernel;
  k.kind = KernelKind::write;
  k.target = target;
  k.domain = g.type(r.value);
  k.port = r.index;
  k.port_dtype = g.dtype;
  k.is_metric = r.kind == ResultKind::metric;
  KernelNode load;
  load.op = g.node(r.value).op;
  load.type = k.domain;
  load.load = 0;
  k.nodes.push_back(load);
  k.arguments.push_back(s.buffers[static_cast<std::size_t>(buffer)].layout);
  out.buffers.push_back(buffer);
  out.name = r.name + (k.is_metric ? ".metric" : ".write");
  const std::int64_t rows = full_rows(k.domain, batch);
  Access access{buffer, false, Slice::all, 0};
  if (rows > 1 && !target.dense) {
    k.partition = Partition::blocks;
    k.block = !k.domain.batched ? 32 : k.domain.rows > 1 ? sample_block(batch) * k.domain.rows : batch_block(rows);
    k.groups = (rows + k.block - 1) / k.block;
    access.slice = Slice::row_block;
    access.block = k.block;
  }
  out.accesses.push_back(access);
  return out;
}

/// On a dense target, per value: the result whose memory it may lie in from the start; -1: none.
std::vector<int> find_result_memory(const Graph& g) {
  std::vector<int> memory(g.nodes.size(), -1);
  for (std::size_t r = 0; r < g.results.size(); ++r) {
    const ValueId v = g.results[r].value;
    const bool fits = g.results[r].kind != ResultKind::assign && g.type(v).dtype == g.dtype;
    if (fits && memory[static_cast<std::size_t>(v)] < 0) memory[static_cast<std::size_t>(v)] = static_cast<int>(r);
  }
  return memory;
}

/// On a dense target a reshape is its operand under another name, unless the caller wants it in a place of its own.
std::vector<bool> find_aliases(const Graph& g) {
  std::vector<bool> alias(g.nodes.size(), false);
  for (ValueId v = 0; v < g.size(); ++v) alias[static_cast<std::size_t>(v)] = g.node(v).op == Op::reshape;
  for (const Result& r : g.results) alias[static_cast<std::size_t>(r.value)] = false;
  return alias;
}
/// Makes the buffers of a graph: of its states, and of the values that lie in memory.
class BufferTable {
 public:
  BufferTable(const Graph& g, std::int64_t batch, const Target& target, const std::vector<std::uint64_t>& state_offsets, EntrySchedule& s)
      : g_(g), batch_(batch), target_(target), offsets_(state_offsets), s_(s), state_(g.states.size(), -1) {}

  int of_state(std::int32_t i) {
    const auto state = static_cast<std::size_t>(i);
    const StateInfo& info = g_.states[state];
    if (state_[state] < 0) {
      Layout layout = make_layout({info.dtype, false, info.rows(), info.cols()}, batch_, target_);
      layout.paired = info.role == Role::mirror && target_.bf16_pairs && info.dtype == DType::bf16;
      state_[state] = add({no_value, i, layout, offsets_[state], -1});
    }
    return state_[state];
  }

  /// `alias`: values that lie where their operand does.
  ValueBuffers of_values(const std::vector<bool>& stored, const std::vector<bool>& alias) {
    const Readers readers = find_readers(g_, target_);
    const std::vector<int> result_memory = target_.dense ? find_result_memory(g_) : std::vector<int>(g_.nodes.size(), -1);
    ValueBuffers b{std::vector<int>(g_.nodes.size(), -1), std::vector<int>(g_.nodes.size(), -1)};
    for (ValueId v = 0; v < g_.size(); ++v) {
      const auto i = static_cast<std::size_t>(v);
      if (g_.node(v).op == Op::state) {
        const int buffer = of_state(g_.node(v).attr.index);
        (s_.buffers[static_cast<std::size_t>(buffer)].layout.paired ? b.paired : b.plain)[i] = buffer;
      } else if (alias[i]) {
        b.plain[i] = b.plain[static_cast<std::size_t>(g_.node(v).in[0])];
      } else if (stored[i]) {
        Layout layout = make_layout(g_.type(v), batch_, target_);
        if (readers.plain[i]) b.plain[i] = add({v, -1, layout, 0, result_memory[i]});
        layout.paired = true;
        if (readers.paired[i]) b.paired[i] = add({v, -1, layout, 0, -1});
      }
    }
    return b;
  }

 private:
  int add(const Buffer& buffer) {
    s_.buffers.push_back(buffer);
    return static_cast<int>(s_.buffers.size()) - 1;
  }

  const Graph& g_;
  std::int64_t batch_;
  const Target& target_;
  const std::vector<std::uint64_t>& offsets_;
  EntrySchedule& s_;
  std::vector<int> state_;
};

}  // namespace

EntrySchedule make_kernels(const Graph& g, const Fusion& f, std::int64_t batch, const Target& target,
                           const std::vector<std::uint64_t>& state_offsets) {
  EntrySchedule s;
  const auto stored = find_stored(g, f);
  const std::vector<bool> alias = target.dense ? find_aliases(g) : std::vector<bool>(g.nodes.size(), false);
  BufferTable table(g, batch, target, state_offsets, s);
  const ValueBuffers buffers = table.of_values(stored, alias);
  std::vector<std::vector<int>> assigned(g.nodes.size());
  for (const Result& r : g.results)
    if (r.kind == ResultKind::assign) {
      if (f.region_of[static_cast<std::size_t>(r.value)] < 0)
        throw InternalError("schedule: state '" + r.name + "' is assigned a value that no kernel makes");
      assigned[static_cast<std::size_t>(r.value)].push_back(table.of_state(r.index));
    }
  const auto is_alias = [&](const Region& r) { return r.anchor != no_value && alias[static_cast<std::size_t>(r.anchor)]; };
  for (int region = 0; region < static_cast<int>(f.regions.size()); ++region)
    if (!is_alias(f.regions[static_cast<std::size_t>(region)]))
      s.kernels.push_back(KernelBuilder(g, f, batch, target, s, buffers).build(region, stored, assigned));
  for (std::size_t i = 0; i < g.results.size(); ++i) {
    const Result& r = g.results[i];
    const int buffer = buffers.plain[static_cast<std::size_t>(r.value)];
    if (r.kind != ResultKind::assign && s.buffers[static_cast<std::size_t>(buffer)].result != static_cast<int>(i))
      s.kernels.push_back(make_write(g, r, s, buffer, batch, target));
  }
  return s;
}

}  // namespace ingot::codegen
