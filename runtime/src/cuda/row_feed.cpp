#include "cuda/row_feed.hpp"

#include <cstring>
#include <numeric>

namespace ingot::runtime::cuda {
namespace {

constexpr const char* what = "copy the rows of a batch";

void gather(const void* rows, const std::uint32_t* index, std::uint32_t n, std::size_t row_bytes, std::byte* to) {
  const auto* from = static_cast<const std::byte*>(rows);
  if (index == nullptr) {
    std::memcpy(to, from, n * row_bytes);
    return;
  }
  for (std::uint32_t r = 0; r < n; ++r) std::memcpy(to + r * row_bytes, from + index[r] * row_bytes, row_bytes);
}

std::uint64_t aligned(std::uint64_t bytes) {
  return (bytes + INGOT_DEVICE_ALIGNMENT - 1) / INGOT_DEVICE_ALIGNMENT * INGOT_DEVICE_ALIGNMENT;
}

}  // namespace

RowFeed::RowFeed(Core& core, const ingot_model& model, std::uint32_t batch)
    : core_(core), n_inputs_(model.n_inputs), batch_(batch), copies_(make_stream(core.context)) {
  std::uint64_t end = 0;
  const auto add = [&](const ingot_tensor& tensor) {
    ports_.push_back({tensor.elements, tensor.dtype, end});
    end += aligned(batch * tensor.elements * dtype_bytes(INGOT_F32));  // no dtype of rows is wider
  };
  for (std::uint32_t i = 0; i < model.n_inputs; ++i) add(model.inputs[i]);
  for (std::uint32_t t = 0; t < model.n_targets; ++t) add(model.targets[t]);
  bases_.resize(ports_.size());
}

void RowFeed::make_stages() {
  const std::uint64_t bytes = ports_.back().offset + aligned(batch_ * ports_.back().elements * dtype_bytes(INGOT_F32));
  for (Stage& stage : stages_) {
    stage.host = PinnedMemory(core_.context, bytes);
    stage.device = PoolBlock(core_.pool, bytes);
    stage.copied = make_event(core_.context);
    stage.used = make_event(core_.context);
  }
}

const void* RowFeed::host_rows(const ingot_call& call, std::size_t port) const {
  if (port < n_inputs_) return call.inputs[port];
  return call.targets == nullptr ? nullptr : call.targets[port - n_inputs_];
}

std::uint64_t RowFeed::row_bytes(const ingot_call& call, std::size_t port) const {
  return ports_[port].elements * dtype_bytes(port < n_inputs_ ? call.input_dtypes[port] : ports_[port].dtype);
}

RowFeed::Bases RowFeed::prepare(const ingot_call& call, CUstream step, std::uint32_t* index) {
  in_use_ = nullptr;
  if (find_resident(call, index)) return bases_;
  std::iota(index, index + call.rows, 0u);
  stage(call, step);
  return bases_;
}

// A call over a window of a table names its first row by the pointer, one over a batch by the index: both become row numbers of the copy.
bool RowFeed::find_resident(const ingot_call& call, std::uint32_t* index) {
  std::optional<std::uint64_t> first;
  for (std::size_t p = 0; p < ports_.size(); ++p) {
    const void* host = host_rows(call, p);
    bases_[p] = 0;
    if (host == nullptr) continue;
    const auto place = core_.resident.find(host, row_bytes(call, p));
    if (!place || (first && *first != place->row)) return false;
    first = place->row;
    bases_[p] = place->base;
  }
  if (!first) return false;
  for (std::uint32_t r = 0; r < call.rows; ++r) index[r] = static_cast<std::uint32_t>(*first + (call.index == nullptr ? r : call.index[r]));
  return true;
}

void RowFeed::stage(const ingot_call& call, CUstream step) {
  const Context& context = core_.context;
  const Driver& driver = context.driver();
  if (stages_[0].device.size() == 0) make_stages();
  Stage& stage = stages_[next_];
  next_ = (next_ + 1) % stages_.size();
  context.check(driver.event_synchronize(stage.copied.get()), what);
  context.check(driver.stream_wait(copies_.get(), stage.used.get(), 0), what);
  for (std::size_t p = 0; p < ports_.size(); ++p) {
    const void* host = host_rows(call, p);
    bases_[p] = 0;
    if (host == nullptr) continue;
    const std::uint64_t bytes = row_bytes(call, p), offset = ports_[p].offset;
    gather(host, call.index, call.rows, bytes, stage.host.data() + offset);
    bases_[p] = stage.device.address() + offset;
    context.check(driver.copy_to_device(bases_[p], stage.host.data() + offset, call.rows * bytes, copies_.get()), what);
  }
  context.check(driver.event_record(stage.copied.get(), copies_.get()), what);
  context.check(driver.stream_wait(step, stage.copied.get(), 0), what);
  in_use_ = &stage;
}

void RowFeed::release(CUstream step) {
  if (in_use_ != nullptr) core_.context.check(core_.context.driver().event_record(in_use_->used.get(), step), what);
}

}  // namespace ingot::runtime::cuda
