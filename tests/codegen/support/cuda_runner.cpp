// DeviceRunner through the runtime: on the GPU of this machine or, where CUDA_DRIVER names one, on a simulated driver's.
#include "codegen/support/device_rows.hpp"
#include "codegen/support/device_runner.hpp"
#include "host/device_tables.hpp"
#include "model/device_program.hpp"
#include "support/gpu_or_skip.hpp"

#include <algorithm>
#include <deque>
#include <string_view>

namespace ingot::test {

using namespace codegen;

namespace {

runtime::CudaDevice& the_device() {
  static const std::unique_ptr<runtime::CudaDevice> device =
      std::string_view(CUDA_DRIVER).empty() ? gpu_or_skip() : std::make_unique<runtime::CudaDevice>(runtime::CudaOptions{0, CUDA_DRIVER});
  return *device;
}

std::vector<ingot_tensor> tensors_of(StringPool& pool, const std::vector<PortInfo>& ports) {
  std::vector<ingot_tensor> tensors;
  for (const PortInfo& port : ports) tensors.push_back(make_tensor(pool, port.name, port.dims, port.dtype));
  return tensors;
}

std::size_t elements(const Type& t) { return static_cast<std::size_t>(t.rows * t.cols); }

/// Per output of an entry the value that it is.
std::vector<Type> outputs_of(const DeviceEntryPlan& e) {
  std::vector<Type> types;
  for (const Result& r : e.graph.results) {
    if (r.kind != ResultKind::output) continue;
    types.resize(std::max(types.size(), static_cast<std::size_t>(r.index) + 1));
    types[static_cast<std::size_t>(r.index)] = e.graph.type(r.value);
  }
  return types;
}

}  // namespace

/// What the runtime is given of the plan, and what it makes of it.
struct DeviceRunner::Impl {
  explicit Impl(const DevicePlan& p)
      : plan(p), tables(p), inputs(tensors_of(pool, p.graph().inputs)), targets(tensors_of(pool, p.graph().targets)) {
    std::vector<ingot_device_image> images;
    if (the_device().target() == "cuda-emulated") {
      emulated = emulate_now(p);
      images.push_back({INGOT_IMAGE_EMULATED, 0, &emulated->image(), sizeof(ingot_emulated_image)});
    } else {
      ptx = ptx_text(p);
      images.push_back({INGOT_IMAGE_PTX, static_cast<std::uint32_t>(p.device.sm), ptx.c_str(), ptx.size() + 1});
    }
    tables.set_images(std::move(images));
    for (const DeviceEntryPlan& e : p.entries)
      for (const Type& t : e.entry == Entry::predict ? outputs_of(e) : std::vector<Type>{})
        outputs.push_back(make_tensor(pool, "output", {t.rows, t.cols}, DType::f32));
    model.inputs = inputs.data(), model.n_inputs = static_cast<std::uint32_t>(inputs.size());
    model.targets = targets.data(), model.n_targets = static_cast<std::uint32_t>(targets.size());
    model.outputs = outputs.data(), model.n_outputs = static_cast<std::uint32_t>(outputs.size());
    program = runtime::device_program(tables.program(), nullptr);
    executable = the_device().load(model, program);
  }

  const DevicePlan& plan;
  DeviceTables tables;
  StringPool pool;
  std::string ptx;
  std::unique_ptr<EmulatedDevice> emulated;
  std::vector<ingot_tensor> inputs, targets, outputs;
  ingot_model model{};
  runtime::Program program;
  std::unique_ptr<runtime::Executable> executable;
};

DeviceRunner::DeviceRunner(const DevicePlan& plan, std::uint64_t) : impl_(std::make_unique<Impl>(plan)) {}
DeviceRunner::~DeviceRunner() = default;

namespace {

/// The memory of one call on the host's side.
struct HostCall {
  HostCall(const DevicePlan& plan, const DeviceEntryPlan& e, const InterpreterInputs& in, const RunOptions& o)
      : rows(static_cast<std::size_t>(in.rows)), types(outputs_of(e)), scalars(in.scalars), metrics(e.graph.results.size()) {
    for (const Values& v : in.inputs) {
      inputs.push_back(blocks.emplace_back(spread_rows(v, rows, o.bytes ? DType::u8 : DType::f32, o.indexed)).data());
      dtypes.push_back(o.bytes ? INGOT_U8 : INGOT_F32);
    }
    for (std::size_t t = 0; t < in.targets.size(); ++t)
      targets.push_back(blocks.emplace_back(spread_rows(in.targets[t], rows, e.graph.targets[t].dtype, o.indexed)).data());
    for (std::size_t r = 0; r < rows; ++r) index.push_back(static_cast<std::uint32_t>(place_of_row(r, rows, o.indexed)));
    for (const Type& t : types) outputs.push_back(blocks.emplace_back(elements(t) * plan.batch * sizeof(float)).data());
    call.inputs = inputs.data(), call.input_dtypes = dtypes.data(), call.targets = targets.data();
    call.index = o.indexed ? index.data() : nullptr;
    call.rows = static_cast<std::uint32_t>(rows);
    call.scalars = scalars.data(), call.metrics = metrics.data();
    call.outputs = outputs.empty() ? nullptr : outputs.data();
  }
  Values output(std::size_t i) const {
    return get_values(static_cast<const std::byte*>(outputs[i]), elements(types[i]) * (types[i].batched ? rows : 1));
  }

  std::size_t rows;
  std::vector<Type> types;
  std::deque<std::vector<std::byte>> blocks;
  std::vector<const void*> inputs, targets;
  std::vector<void*> outputs;
  std::vector<std::uint32_t> dtypes, index;
  std::vector<double> scalars, metrics;
  ingot_call call = {};
};

}  // namespace

RunOutput DeviceRunner::run(Entry entry, const InterpreterInputs& in, const RunOptions& options) {
  const DevicePlan& plan = impl_->plan;
  const DeviceEntryPlan& e = find_entry(plan, entry);
  const std::vector<StateInfo>& states = plan.graph().states;
  std::vector<std::byte> canonical;
  for (std::size_t i = 0; i < in.states.size(); ++i) {
    canonical.resize(in.states[i].size() * dtype_size(states[i].dtype));
    put_values(canonical.data(), states[i].dtype, in.states[i]);
    impl_->executable->set(static_cast<std::uint32_t>(i), canonical.data());
  }
  HostCall host(plan, e, in, options);
  impl_->executable->run(*impl_->program.entry(static_cast<ingot_entry_kind>(entry)), host.call);
  RunOutput out;
  for (std::size_t i = 0; i < states.size(); ++i) {
    const auto n = static_cast<std::size_t>(states[i].rows() * states[i].cols());
    canonical.resize(n * dtype_size(states[i].dtype));
    impl_->executable->get(static_cast<std::uint32_t>(i), canonical.data());
    out.states.push_back(get_values(canonical.data(), n));
  }
  for (const Result& r : e.graph.results) {
    const auto i = static_cast<std::size_t>(r.index);
    if (r.kind == ResultKind::assign) out.results.push_back(out.states[i]);
    if (r.kind == ResultKind::metric) out.results.push_back({host.metrics[i]});
    if (r.kind == ResultKind::output) out.results.push_back(host.output(i));
  }
  return out;
}

}  // namespace ingot::test
