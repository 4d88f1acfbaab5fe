#include "host/device_tables.hpp"

namespace ingot::codegen {

namespace {

static_assert(static_cast<int>(DeviceSpace::state) == INGOT_SPACE_STATE && static_cast<int>(DeviceSpace::call) == INGOT_SPACE_CALL &&
              static_cast<int>(DeviceSpace::index) == INGOT_SPACE_INDEX && static_cast<int>(DeviceSpace::metrics) == INGOT_SPACE_METRICS);
constexpr bool same(LibraryEpilogue::Bits ours, ingot_device_epilogue theirs) { return std::uint32_t{ours} == std::uint32_t{theirs}; }
static_assert(same(LibraryEpilogue::scale, INGOT_EPILOGUE_SCALE) && same(LibraryEpilogue::bias, INGOT_EPILOGUE_BIAS) &&
              same(LibraryEpilogue::relu, INGOT_EPILOGUE_RELU) && same(LibraryEpilogue::keep_mask, INGOT_EPILOGUE_KEEP_MASK) &&
              same(LibraryEpilogue::mask, INGOT_EPILOGUE_MASK) && same(LibraryEpilogue::column_sums, INGOT_EPILOGUE_COLUMN_SUMS));

ingot_device_operand operand_row(const DeviceOperand& o) {
  return {static_cast<std::uint32_t>(o.space), static_cast<std::uint32_t>(o.number), o.offset};
}

ingot_device_gemm gemm_row(const LibraryGemm& g) {
  const auto narrow = [](std::int64_t v) { return static_cast<std::uint32_t>(v); };
  const LibraryEpilogue& e = g.epilogue;
  ingot_device_gemm row{};
  row.transpose_a = g.transpose_a;
  row.transpose_b = g.transpose_b;
  row.m = narrow(g.m), row.n = narrow(g.n), row.k = narrow(g.k);
  row.lda = narrow(g.lda), row.ldb = narrow(g.ldb), row.ldd = narrow(g.ldd);
  row.a_dtype = row.b_dtype = abi_dtype(g.operand_dtype);
  row.d_dtype = abi_dtype(g.result_dtype);
  row.bias_dtype = abi_dtype(e.bias_dtype);
  row.epilogue = e.bits;
  row.mask_stride = narrow(e.mask_stride);
  row.mask_launch = narrow(e.mask_launch);
  row.a = operand_row(g.a), row.b = operand_row(g.b), row.d = operand_row(g.d);
  row.scale = operand_row(e.scale_at), row.bias = operand_row(e.bias_at);
  row.mask = operand_row(e.mask_at), row.sums = operand_row(e.sums_at);
  return row;
}

}  // namespace

DeviceTables::DeviceTables(const DevicePlan& plan)
    : states_(state_rows(pool_, plan.graph())), scalars_(scalar_rows(pool_, plan.graph())), state_offsets_(plan.state_offsets) {
  program_.batch = plan.batch;
  std::string text;
  for (const DeviceEntryPlan& entry : plan.entries) {
    add_entry(entry, entry_tables_.emplace_back());
    text += entry.text;
  }
  program_.dtype = INGOT_F32;
  program_.n_inputs = static_cast<std::uint32_t>(plan.graph().inputs.size());
  program_.n_targets = static_cast<std::uint32_t>(plan.graph().targets.size());
  program_.n_outputs = static_cast<std::uint32_t>(plan.graph().outputs.size());
  program_.n_states = static_cast<std::uint32_t>(states_.size());
  program_.n_scalars = static_cast<std::uint32_t>(scalars_.size());
  program_.n_entries = static_cast<std::uint32_t>(entries_.size());
  program_.states = states_.data();
  program_.scalars = scalars_.data();
  program_.entries = entries_.data();
  program_.state_offsets = state_offsets_.data();
  for (const Mirror& m : plan.mirrors) mirrors_.push_back({static_cast<std::uint32_t>(m.state), abi_dtype(m.layout.dtype), m.offset});
  program_.n_mirrors = static_cast<std::uint32_t>(mirrors_.size());
  program_.mirrors = mirrors_.data();
  program_.state_bytes = plan.state_bytes;
  program_.call_bytes = plan.call.bytes;
  program_.scalars_offset = plan.call.scalars_offset;
  program_.target = "cuda";
  program_.plan_hash = pool_.keep(plan.hash);
  program_.plan = pool_.keep(text);
}

void DeviceTables::add_entry(const DeviceEntryPlan& plan, EntryTables& tables) {
  tables.metrics = metric_names(pool_, plan.graph);
  tables.results = result_rows(pool_, plan.entry, plan.graph);
  for (const DeviceLaunch& launch : plan.launches) tables.launches.push_back(launch_row(launch));
  ingot_device_entry entry{};
  entry.kind = static_cast<std::uint32_t>(plan.entry);
  entry.n_metrics = static_cast<std::uint32_t>(tables.metrics.size());
  entry.n_results = static_cast<std::uint32_t>(tables.results.size());
  entry.n_launches = static_cast<std::uint32_t>(tables.launches.size());
  entry.metrics = tables.metrics.data();
  entry.results = tables.results.data();
  entry.launches = tables.launches.data();
  entry.arena_bytes = plan.arena_bytes;
  entries_.push_back(entry);
}

ingot_device_launch DeviceTables::launch_row(const DeviceLaunch& launch) {
  ingot_device_launch row{};
  std::string ops;
  for (const LaunchPart& p : launch.parts) {
    ops += (ops.empty() ? "" : " + ") + p.info.ops;
    row.bytes_read += p.info.bytes - p.info.written_bytes;
    row.bytes_written += p.info.written_bytes;
    row.unfused_bytes += p.info.unfused_bytes;
    row.flops += p.info.flops;
  }
  row.name = pool_.keep(launch.name);
  row.ops = pool_.keep(ops);
  row.kind = launch.parts.size() == 1 ? pool_.keep(launch.parts[0].info.kind) : "several";
  row.kernel = pool_.keep(launch.symbol);
  std::string why;
  for (const LaunchPart& p : launch.parts)
    if (!p.info.choice.empty()) why += (why.empty() ? "" : "; ") + p.info.choice;
  if (!launch.library_why.empty()) why += (why.empty() ? "" : "; ") + launch.library_why;
  row.why = pool_.keep(why);
  row.grid[0] = static_cast<std::uint32_t>(launch.blocks);
  row.block[0] = block_threads;
  row.grid[1] = row.grid[2] = row.block[1] = row.block[2] = 1;
  row.shared_bytes = static_cast<std::uint32_t>(launch.shared_bytes);
  auto& operands = operands_.emplace_back();
  for (const DeviceOperand& o : launch.operands) operands.push_back(operand_row(o));
  add_library_form(launch, row);
  row.n_operands = static_cast<std::uint32_t>(operands.size());
  row.operands = operands.data();
  return row;
}

void DeviceTables::add_library_form(const DeviceLaunch& launch, ingot_device_launch& row) {
  if (launch.products.empty()) return;
  auto& gemms = gemms_.emplace_back();
  for (const LibraryGemm& g : launch.products) gemms.push_back(gemm_row(g));
  row.n_gemms = static_cast<std::uint32_t>(gemms.size());
  row.gemms = gemms.data();
  if (!launch.rest.empty()) row.rest = &rests_.emplace_back(launch_row(launch.rest.front()));
}

void DeviceTables::set_images(std::vector<ingot_device_image> images) {
  images_ = std::move(images);
  program_.images = images_.data();
  program_.n_images = static_cast<std::uint32_t>(images_.size());
}

}  // namespace ingot::codegen
