#include "cuda/executable.hpp"

#include "cuda/low_precision.hpp"

#include <fmt/format.h>
#include <ingot/runtime/data/error.hpp>

#include <algorithm>
#include <cstring>
#include <stdexcept>
#include <string_view>
#include <utility>

namespace ingot::runtime::cuda {
namespace {

constexpr std::size_t most_replays = 16;  // of an entry: two stages and two kept data sets, full and not, and room to spare

const char* entry_name(std::uint32_t kind) {
  constexpr const char* names[] = {"train", "evaluate", "predict", "gradient"};
  return names[kind];
}

/// What the library does of a launch.
std::string library_words(const ingot_device_launch& launch) {
  return launch.n_gemms == 1 ? fmt::format("the product {} ({})", launch.name, launch.ops)
                             : fmt::format("the {} products of {} ({})", launch.n_gemms, launch.name, launch.ops);
}

std::uint64_t aligned(std::uint64_t bytes) {
  return (bytes + INGOT_DEVICE_ALIGNMENT - 1) / INGOT_DEVICE_ALIGNMENT * INGOT_DEVICE_ALIGNMENT;
}

}  // namespace

CudaExecutable::CudaExecutable(Core& core, const ingot_model& model, const Program& program)
    : core_(core),
      model_(model),
      program_(*program.device),
      kernels_(core.context, program_),
      stream_(make_stream(core.context)),
      feed_(core, model, program_.batch),
      state_(core.pool, program_.state_bytes),
      index_offset_(aligned(program_.call_bytes)) {
  std::uint64_t arena = 0;
  std::uint32_t metrics = 0;
  for (std::uint32_t e = 0; e < program_.n_entries; ++e) {
    arena = std::max(arena, program_.entries[e].arena_bytes);
    metrics = std::max(metrics, program_.entries[e].n_metrics);
    prepare_entry(program_.entries[e]);
  }
  workspace_ = PoolBlock(core.pool, workspace_bytes_);
  zero_ = PoolBlock(core.pool, sizeof(float));
  arena_ = PoolBlock(core.pool, arena);
  call_ = PoolBlock(core.pool, index_offset_ + program_.batch * sizeof(std::uint32_t));
  metrics_ = PoolBlock(core.pool, metrics * sizeof(float));
  for (Slot& slot : slots_) {
    slot.to_device = PinnedMemory(core.context, call_.size());
    slot.metrics = PinnedMemory(core.context, metrics_.size());
    slot.done = make_event(core.context);
  }
  zero_state();
  core_.transfer.zero(zero_.address(), zero_.size(), stream_.get());
}

// Blocks go back to the pool when nothing can be using them any more.
CudaExecutable::~CudaExecutable() { core_.context.driver().stream_synchronize(stream_.get()); }

void CudaExecutable::prepare_entry(const ingot_device_entry& device) {
  Entry& entry = entries_.at(device.kind);
  entry.device = &device;
  prepare_library_forms(entry);
  prepare_outputs(entry);
}

void CudaExecutable::prepare_outputs(Entry& entry) {
  const bool predict = entry.device->kind == INGOT_PREDICT, gradient = entry.device->kind == INGOT_GRADIENT;
  const ingot_tensor* tensors = predict ? model_.outputs : entry.device->results;
  const std::uint32_t n = predict ? model_.n_outputs : entry.device->n_results;
  const auto is_state = [&](const char* name) {
    return std::any_of(program_.states, program_.states + program_.n_states,
                       [&](const ingot_state& state) { return std::string_view(state.tensor.name) == name; });
  };
  std::uint64_t all = 0;
  for (std::uint32_t i = 0; i < n; ++i) {
    const bool per_row = !gradient || !is_state(tensors[i].name);
    const std::uint64_t one = tensors[i].elements * sizeof(float), whole = per_row ? one * program_.batch : one;
    entry.output_bytes.push_back(one);
    entry.output_per_row.push_back(per_row);
    entry.outputs.emplace_back(core_.pool, whole);
    all += whole;
  }
  if (n > 0) entry.host_outputs = PinnedMemory(core_.context, all);
}

void CudaExecutable::prepare_library_forms(Entry& entry) {
  for (std::uint32_t l = 0; l < entry.device->n_launches; ++l) {
    const ingot_device_launch& launch = entry.device->launches[l];
    const std::span products(launch.gemms, launch.n_gemms);
    std::size_t workspace = 0;
    const bool all = !products.empty() && std::all_of(products.begin(), products.end(), [&](const ingot_device_gemm& gemm) {
      const GemmLibrary::Choice& choice = core_.gemms().choose(gemm);
      workspace = std::max(workspace, choice.workspace_bytes);
      return choice.usable && ((gemm.epilogue & INGOT_EPILOGUE_MASK) == 0 || entry.library.at(gemm.mask_launch));
    });
    entry.library.push_back(all);
    entry.has_library_form |= all;
    if (all) workspace_bytes_ = std::max(workspace_bytes_, workspace);
  }
}

void CudaExecutable::get(std::uint32_t i, void* canonical) const {
  core_.context.enter();
  const ingot_tensor& tensor = program_.states[i].tensor;
  core_.transfer.to_host(canonical, state_.address() + program_.state_offsets[i], tensor.elements * dtype_bytes(tensor.dtype),
                         stream_.get());
}

void CudaExecutable::set(std::uint32_t i, const void* canonical) {
  core_.context.enter();
  const ingot_tensor& tensor = program_.states[i].tensor;
  core_.transfer.to_device(state_.address() + program_.state_offsets[i], canonical, tensor.elements * dtype_bytes(tensor.dtype),
                           stream_.get());
  for (const ingot_device_mirror& mirror : std::span(program_.mirrors, program_.n_mirrors)) {
    if (mirror.state != i) continue;
    const std::vector<std::uint16_t> low = to_low({static_cast<const float*>(canonical), tensor.elements}, mirror.dtype);
    core_.transfer.to_device(state_.address() + mirror.offset, low.data(), low.size() * sizeof low[0], stream_.get());
  }
}

void CudaExecutable::zero_state() {
  core_.context.enter();
  core_.transfer.zero(state_.address(), state_.size(), stream_.get());
}

void CudaExecutable::save_state(std::span<std::byte> block) const {
  core_.context.enter();
  core_.transfer.to_host(block.data(), state_.address(), state_.size(), stream_.get());
}

void CudaExecutable::load_state(std::span<const std::byte> block) {
  core_.context.enter();
  core_.transfer.to_device(state_.address(), block.data(), state_.size(), stream_.get());
}

std::shared_ptr<void> CudaExecutable::keep(const Dataset& data) {
  core_.context.enter();
  return core_.resident.keep(data, stream_.get());
}

void CudaExecutable::run(const ingot_entry& entry, ingot_call& call) {
  Slot& slot = enqueue(entry, call);
  if (call.outputs != nullptr) read_outputs(entries_[entry.kind], call);
  read_metrics(slot, call.metrics);
}

void CudaExecutable::start(const ingot_entry& entry, ingot_call& call) {
  const Slot& slot = enqueue(entry, call);
  started_[(first_started_ + n_started_) % started_.size()] = static_cast<std::size_t>(&slot - slots_.data());
  ++n_started_;
}

void CudaExecutable::finish(double* metrics) {
  if (n_started_ == 0) throw std::logic_error("no call was started that could be finished");
  Slot& slot = slots_[started_[first_started_]];
  first_started_ = (first_started_ + 1) % started_.size();
  --n_started_;
  read_metrics(slot, metrics);
}

CudaExecutable::Slot& CudaExecutable::enqueue(const ingot_entry& entry, const ingot_call& call) {
  const Driver& driver = core_.context.driver();
  core_.context.enter();
  Slot* const slot = std::find_if(slots_.begin(), slots_.end(), [](const Slot& s) { return !s.busy; });
  if (slot == slots_.end()) throw std::logic_error("more calls were started than may be under way");
  Entry& own = entries_[entry.kind];
  const auto bases = feed_.prepare(call, stream_.get(), reinterpret_cast<std::uint32_t*>(slot->to_device.data() + index_offset_));
  fill_call(call, slot->to_device.data());
  const std::size_t bytes = index_offset_ + call.rows * sizeof(std::uint32_t);
  check_step(driver.copy_to_device(call_.address(), slot->to_device.data(), bytes, stream_.get()), *own.device);
  // Without products of the library there is one way to run an entry for any number of rows.
  const bool by_library = own.has_library_form && call.rows == program_.batch;
  if (std::exchange(own.has_run[by_library], true))
    replay(own, bases, by_library);
  else
    launch_all(own, bases, by_library, true);
  feed_.release(stream_.get());
  if (entry.n_metrics > 0) {
    check_step(driver.copy_to_host(slot->metrics.data(), metrics_.address(), entry.n_metrics * sizeof(float), stream_.get()), *own.device);
  }
  check_step(driver.event_record(slot->done.get(), stream_.get()), *own.device);
  slot->entry = own.device;
  slot->busy = true;
  return *slot;
}

void CudaExecutable::fill_call(const ingot_call& call, std::byte* block) const {
  std::memcpy(block + INGOT_CALL_ROWS_OFFSET, &call.rows, sizeof call.rows);
  const auto copy = [block](std::size_t offset, const auto* values, std::size_t count) {
    if (count > 0) std::memcpy(block + offset, values, count * sizeof *values);  // none may be at no address
  };
  copy(INGOT_CALL_DTYPES_OFFSET, call.input_dtypes, program_.n_inputs);
  copy(program_.scalars_offset, call.scalars, program_.n_scalars);
}

CUdeviceptr CudaExecutable::address(const Entry& entry, const ingot_device_operand& operand, RowFeed::Bases bases) const {
  const auto base = [&]() -> CUdeviceptr {
    switch (operand.space) {
      case INGOT_SPACE_STATE:
        return state_.address();
      case INGOT_SPACE_ARENA:
        return arena_.address();
      case INGOT_SPACE_CALL:
        return call_.address();
      case INGOT_SPACE_INDEX:
        return call_.address() + index_offset_;
      case INGOT_SPACE_INPUT:
        return bases[operand.number];
      case INGOT_SPACE_TARGET:
        return bases[feed_.inputs() + operand.number];
      case INGOT_SPACE_OUTPUT:
        return entry.outputs[operand.number].address();
      case INGOT_SPACE_METRICS:
        return metrics_.address();
      default:
        throw std::logic_error(fmt::format("an operand lies in unknown space {}", operand.space));
    }
  };
  return base() + operand.offset;
}

void CudaExecutable::launch_kernel(const Entry& entry, const ingot_device_launch& launch, RowFeed::Bases bases) {
  std::vector<CUdeviceptr> operands;
  for (std::uint32_t o = 0; o < launch.n_operands; ++o) operands.push_back(address(entry, launch.operands[o], bases));
  kernels_.launch(launch, operands, stream_.get());
}

void CudaExecutable::launch_products(const Entry& entry, const ingot_device_launch& launch, RowFeed::Bases bases) {
  for (std::uint32_t g = 0; g < launch.n_gemms; ++g) {
    const ingot_device_gemm& gemm = launch.gemms[g];
    const auto at = [&](const ingot_device_operand& operand) { return address(entry, operand, bases); };
    const auto has = [&](std::uint32_t bits) { return (gemm.epilogue & bits) != 0; };
    GemmLibrary::Operands operands{at(gemm.a), at(gemm.b), at(gemm.d)};
    if (has(INGOT_EPILOGUE_SCALE)) operands.scale = at(gemm.scale), operands.zero = zero_.address();
    if (has(INGOT_EPILOGUE_BIAS)) operands.bias = at(gemm.bias);
    if (has(INGOT_EPILOGUE_COLUMN_SUMS)) operands.bias = at(gemm.sums);
    if (has(INGOT_EPILOGUE_KEEP_MASK | INGOT_EPILOGUE_MASK)) operands.mask = at(gemm.mask);
    core_.gemms().enqueue(gemm, operands, workspace_.address(), stream_.get(), library_words(launch));
  }
}

void CudaExecutable::launch_one(const Entry& entry, std::uint32_t l, RowFeed::Bases bases, bool by_library) {
  const ingot_device_launch& launch = entry.device->launches[l];
  if (!by_library || !entry.library[l]) return launch_kernel(entry, launch, bases);
  launch_products(entry, launch, bases);
  if (launch.rest != nullptr) launch_kernel(entry, *launch.rest, bases);
}

void CudaExecutable::launch_all(const Entry& entry, RowFeed::Bases bases, bool by_library, bool wait_for_each) {
  for (std::uint32_t l = 0; l < entry.device->n_launches; ++l) {
    const ingot_device_launch& launch = entry.device->launches[l];
    launch_one(entry, l, bases, by_library);
    if (!wait_for_each) continue;
    if (const CUresult result = core_.context.driver().stream_synchronize(stream_.get()); result != CUDA_SUCCESS) {
      const std::string what = by_library && entry.library[l] ? library_words(launch) : kernel_words(launch);
      core_.context.check(result, fmt::format("run {} in {}", what, entry_name(entry.device->kind)));
    }
  }
}

void CudaExecutable::replay(Entry& entry, RowFeed::Bases bases, bool by_library) {
  auto found = std::find_if(entry.replays.begin(), entry.replays.end(), [&](const Replay& replay) {
    return replay.by_library == by_library && std::equal(bases.begin(), bases.end(), replay.bases.begin(), replay.bases.end());
  });
  if (found == entry.replays.end()) {
    if (entry.replays.size() == most_replays) entry.replays.erase(entry.replays.begin());
    entry.replays.push_back({by_library, {bases.begin(), bases.end()}, capture(entry, bases, by_library)});
    found = std::prev(entry.replays.end());
  }
  check_step(core_.context.driver().graph_launch(found->graph.get(), stream_.get()), *entry.device);
}

GraphExec CudaExecutable::capture(const Entry& entry, RowFeed::Bases bases, bool by_library) {
  const Context& context = core_.context;
  const Driver& driver = context.driver();
  const std::string what = fmt::format("capture {} as a graph", entry_name(entry.device->kind));
  CUgraph captured = nullptr;
  context.check(driver.capture_begin(stream_.get(), CU_STREAM_CAPTURE_MODE_THREAD_LOCAL), what);
  try {
    launch_all(entry, bases, by_library, false);
  } catch (...) {
    driver.capture_end(stream_.get(), &captured);
    Graph discarded(context, captured);
    throw;
  }
  context.check(driver.capture_end(stream_.get(), &captured), what);
  const Graph graph(context, captured);
  CUgraphExec exec = nullptr;
  context.check(driver.graph_instantiate(&exec, graph.get(), 0), what);
  return {context, exec};
}

void CudaExecutable::read_metrics(Slot& slot, double* metrics) {
  check_step(core_.context.driver().event_synchronize(slot.done.get()), *slot.entry);
  const auto* values = reinterpret_cast<const float*>(slot.metrics.data());
  std::copy(values, values + slot.entry->n_metrics, metrics);
  slot.busy = false;
}

void CudaExecutable::read_outputs(Entry& entry, const ingot_call& call) {
  const Driver& driver = core_.context.driver();
  std::byte* host = entry.host_outputs.data();
  const auto bytes = [&](std::size_t i) { return entry.output_bytes[i] * (entry.output_per_row[i] ? call.rows : 1u); };
  for (std::size_t i = 0; i < entry.outputs.size(); host += entry.outputs[i++].size())
    check_step(driver.copy_to_host(host, entry.outputs[i].address(), bytes(i), stream_.get()), *entry.device);
  check_step(driver.stream_synchronize(stream_.get()), *entry.device);
  host = entry.host_outputs.data();
  for (std::size_t i = 0; i < entry.outputs.size(); host += entry.outputs[i++].size()) std::memcpy(call.outputs[i], host, bytes(i));
}

// A failure inside a graph does not say whose it was: the sentence names all that it may be.
void CudaExecutable::check_step(CUresult result, const ingot_device_entry& entry) const {
  if (result == CUDA_SUCCESS) return;
  constexpr std::uint32_t named = 8;  // a sentence has an end
  std::string kernels;
  for (std::uint32_t l = 0; l < std::min(entry.n_launches, named); ++l)
    kernels += fmt::format("{}{} ({})", l == 0 ? "" : ", ", entry.launches[l].name, entry.launches[l].ops);
  if (entry.n_launches > named) kernels += fmt::format(" and {} more", entry.n_launches - named);
  core_.context.check(result, fmt::format("finish {}, in one of its kernels {}", entry_name(entry.kind), kernels));
}

}  // namespace ingot::runtime::cuda
