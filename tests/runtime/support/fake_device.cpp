#include "runtime/support/fake_device.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstring>
#include <vector>

namespace fake {
namespace {

constexpr std::uint32_t step_block = 32;  // threads; the first does the work
constexpr std::uint32_t prepared = 0x50524550;

template <class T>
T parameter(const void* const* parameters, std::size_t i) {
  T value;
  std::memcpy(&value, parameters[i], sizeof value);
  return value;
}

/// An address of the device, checked as every access of a compiled kernel is: site 0.
template <class T>
T* reach(ingot_emulated_thread* self, T* address, std::uint32_t kind) {
  return static_cast<T*>(self->emulator->global_access(self, 0, kind, address, sizeof(T)));
}

bool is_first(const ingot_emulated_thread* self) { return self->thread[0] == 0 && self->block[0] == 0; }

void prepare(const void* const* parameters, ingot_emulated_thread* self) {
  if (is_first(self)) *reach(self, parameter<std::uint32_t*>(parameters, 0), 1) = prepared;
}

std::uint64_t aligned(std::uint64_t bytes) {
  return (bytes + INGOT_DEVICE_ALIGNMENT - 1) / INGOT_DEVICE_ALIGNMENT * INGOT_DEVICE_ALIGNMENT;
}

/// The CPU program that does the work, and how the states of the device program lie.
struct Source {
  const ingot_program& program = *fake::program(4, tanh_act, default_batch, INGOT_F32);
  std::vector<std::uint64_t> offsets;
  std::uint64_t state_bytes = 0;

  Source() {
    for (std::uint32_t i = 0; i < program.n_states; ++i) {
      offsets.push_back(state_bytes);
      state_bytes += aligned(program.states[i].tensor.elements * sizeof(float));
    }
  }
};

const Source& source() {
  static const Source one;
  return one;
}

const ingot_entry& entry_of(std::uint32_t kind) {
  const ingot_program& program = source().program;
  return *std::find_if(program.entries, program.entries + program.n_entries, [&](const ingot_entry& e) { return e.kind == kind; });
}

/// Operands: arena, state, call, index, metrics, input, target, outputs. Constant: the kind of entry.
void run_entry(const void* const* parameters, std::uint32_t n_outputs) {
  const Source& from = source();
  auto* state = parameter<std::byte*>(parameters, 1);
  const auto* block = parameter<const std::byte*>(parameters, 2);
  const ingot_entry& entry = entry_of(parameter<std::uint32_t>(parameters, 7 + n_outputs));
  std::vector<std::max_align_t> own_state(from.program.state_bytes / sizeof(std::max_align_t) + 1),
      arena(entry.arena_bytes / sizeof(std::max_align_t) + 1);
  for (std::uint32_t i = 0; i < from.program.n_states; ++i) from.program.pack(own_state.data(), i, state + from.offsets[i]);
  const void* input = parameter<const void*>(parameters, 5);
  const void* target = parameter<const void*>(parameters, 6);
  std::array<void*, 8> outputs = {};
  for (std::uint32_t o = 0; o < n_outputs; ++o) outputs.at(o) = parameter<void*>(parameters, 7 + o);
  std::array<double, 8> metrics = {};
  ingot_call call = {};
  call.state = own_state.data();
  call.arena = arena.data();
  call.inputs = &input;
  call.input_dtypes = reinterpret_cast<const std::uint32_t*>(block + INGOT_CALL_DTYPES_OFFSET);
  call.targets = &target;
  call.index = parameter<const std::uint32_t*>(parameters, 3);
  std::memcpy(&call.rows, block + INGOT_CALL_ROWS_OFFSET, sizeof call.rows);
  call.scalars = reinterpret_cast<const double*>(block + 8);
  call.outputs = outputs.data();
  call.metrics = metrics.data();
  call.barrier = [](void*, std::uint32_t) {};
  entry.run(&call, 0, 1);
  for (std::uint32_t i = 0; i < from.program.n_states; ++i) from.program.unpack(own_state.data(), i, state + from.offsets[i]);
  std::copy_n(metrics.begin(), entry.n_metrics, parameter<float*>(parameters, 4));
}

template <std::uint32_t Outputs>
void step(const void* const* parameters, ingot_emulated_thread* self) {
  if (!is_first(self)) return;
  // What no launch before has prepared shows in the state.
  if (*reach(self, parameter<std::uint32_t*>(parameters, 0), 0) != prepared) *parameter<float*>(parameters, 1) = -1e30F;
  run_entry(parameters, Outputs);
}

constexpr std::uint32_t affine_inputs = 4, affine_outputs = 3, affine_batch = 4;

/// Operands: input, index, weights, bias, scores. A thread for each number.
void affine(const void* const* parameters, ingot_emulated_thread* self) {
  const std::uint32_t row = self->thread[0] / affine_outputs, column = self->thread[0] % affine_outputs;
  auto* input = parameter<float*>(parameters, 0);
  auto* weights = parameter<float*>(parameters, 2);
  float sum = *reach(self, parameter<float*>(parameters, 3) + column, 0);
  const std::uint32_t at = *reach(self, parameter<std::uint32_t*>(parameters, 1) + row, 0);
  for (std::uint32_t k = 0; k < affine_inputs; ++k)
    sum += *reach(self, input + at * affine_inputs + k, 0) * *reach(self, weights + k * affine_outputs + column, 0);
  *reach(self, parameter<float*>(parameters, 4) + row * affine_outputs + column, 1) = std::max(0.0F, sum);
}

const char* const no_sites[] = {"an access of a hand-written kernel"};

const ingot_emulated_kernel kernels[] = {
    {"fake_prepare", prepare}, {"fake_step_0", step<0>}, {"fake_step_1", step<1>}, {"fake_step_5", step<5>}, {"affine", affine}};
const ingot_emulated_image emulated = {std::size(kernels), 0, kernels, no_sites, 1};
const ingot_device_image images[] = {{INGOT_IMAGE_EMULATED, 0, &emulated, sizeof emulated}};

/// Tables of a device program that own what they point to.
struct Tables {
  std::vector<ingot_device_operand> prepare_operands;
  std::vector<std::vector<ingot_device_operand>> operands;
  std::vector<std::vector<std::uint32_t>> constants;
  std::vector<std::vector<ingot_device_launch>> launches;
  std::vector<ingot_device_entry> entries;
  ingot_device_program program = {};
};

ingot_device_launch launch(const char* name, const char* ops, const char* kernel, std::uint32_t threads,
                           const std::vector<ingot_device_operand>& operands) {
  ingot_device_launch l = {};
  l.name = name, l.ops = ops, l.kind = "map", l.kernel = kernel, l.why = "written by hand";
  std::fill(l.grid, l.grid + 3, 1u);
  std::fill(l.block, l.block + 3, 1u);
  l.block[0] = threads;
  l.n_operands = static_cast<std::uint32_t>(operands.size());
  l.operands = operands.data();
  l.bytes_read = l.bytes_written = 100, l.unfused_bytes = 400, l.flops = 1000;
  return l;
}

std::uint32_t outputs_of(const ingot_entry& entry) { return entry.kind == INGOT_PREDICT ? 1 : entry.n_results; }

void add_entry(Tables& t, const ingot_entry& entry) {
  const std::uint32_t n_outputs = outputs_of(entry);
  std::vector<ingot_device_operand> operands = {{INGOT_SPACE_ARENA, 0, 0}, {INGOT_SPACE_STATE, 0, 0},   {INGOT_SPACE_CALL, 0, 0},
                                                {INGOT_SPACE_INDEX, 0, 0}, {INGOT_SPACE_METRICS, 0, 0}, {INGOT_SPACE_INPUT, 0, 0},
                                                {INGOT_SPACE_TARGET, 0, 0}};
  for (std::uint32_t o = 0; o < n_outputs; ++o) operands.push_back({INGOT_SPACE_OUTPUT, o, 0});
  t.operands.push_back(operands);
  t.constants.push_back({entry.kind});
  const char* kernel = n_outputs == 0 ? "fake_step_0" : n_outputs == 1 ? "fake_step_1" : "fake_step_5";
  ingot_device_launch work = launch("fake.step", "everything", kernel, step_block, t.operands.back());
  work.n_constants = 1;
  work.constants = t.constants.back().data();
  t.launches.push_back({launch("fake.prepare", "store", "fake_prepare", step_block, t.prepare_operands), work});
  ingot_device_entry e = {};
  e.kind = entry.kind;
  e.n_metrics = entry.n_metrics, e.metrics = entry.metrics;
  e.n_results = entry.n_results, e.results = entry.results;
  e.launches = t.launches.back().data(), e.n_launches = 2;
  e.arena_bytes = sizeof prepared;
  t.entries.push_back(e);
}

void finish(Tables& t) {
  ingot_device_program& p = t.program;
  p.dtype = INGOT_F32;
  p.n_inputs = p.n_outputs = 1;
  p.entries = t.entries.data(), p.n_entries = static_cast<std::uint32_t>(t.entries.size());
  p.images = images, p.n_images = std::size(images);
  p.target = "cuda", p.plan_hash = "written by hand", p.plan = "";
}

const ingot_device_program& model_program() {
  static const Tables tables = [] {
    Tables t;
    const ingot_program& from = source().program;
    t.prepare_operands = {{INGOT_SPACE_ARENA, 0, 0}};
    t.operands.reserve(from.n_entries), t.constants.reserve(from.n_entries), t.launches.reserve(from.n_entries);
    for (std::uint32_t e = 0; e < from.n_entries; ++e) add_entry(t, from.entries[e]);
    finish(t);
    ingot_device_program& p = t.program;
    p.batch = from.batch, p.n_targets = 1;
    p.states = from.states, p.n_states = from.n_states;
    p.scalars = from.scalars, p.n_scalars = from.n_scalars;
    p.state_offsets = source().offsets.data(), p.state_bytes = source().state_bytes;
    p.scalars_offset = 8, p.call_bytes = 8 + from.n_scalars * sizeof(double);
    return t;
  }();
  return tables.program;
}

ingot_tensor tensor_of(const char* name, std::initializer_list<std::uint32_t> dims) {
  ingot_tensor t = {name, INGOT_F32, static_cast<std::uint32_t>(dims.size()), {}, 1};
  std::copy(dims.begin(), dims.end(), t.dims);
  for (const std::uint32_t d : dims) t.elements *= d;
  return t;
}

const ingot_device_program& affine_program() {
  static const ingot_device_operand operands[] = {{INGOT_SPACE_INPUT, 0, 0},
                                                  {INGOT_SPACE_INDEX, 0, 0},
                                                  {INGOT_SPACE_STATE, 0, 0},
                                                  {INGOT_SPACE_STATE, 0, INGOT_DEVICE_ALIGNMENT},
                                                  {INGOT_SPACE_OUTPUT, 0, 0}};
  static const ingot_device_gemm gemm = [] {
    ingot_device_gemm g = {};
    g.m = affine_batch, g.n = affine_outputs, g.k = affine_inputs;
    g.lda = affine_inputs, g.ldb = affine_outputs, g.ldd = affine_outputs;
    g.a_dtype = g.b_dtype = g.d_dtype = g.bias_dtype = INGOT_F32;
    g.epilogue = INGOT_EPILOGUE_BIAS | INGOT_EPILOGUE_RELU;
    g.a = operands[0], g.b = operands[2], g.d = operands[4], g.bias = operands[3];
    return g;
  }();
  static const std::uint64_t offsets[] = {0, INGOT_DEVICE_ALIGNMENT};
  static const ingot_state states[] = {{tensor_of("weights", {affine_inputs, affine_outputs}), INGOT_PARAMETER, INGOT_INIT_UNIFORM, 1, -1},
                                       {tensor_of("bias", {affine_outputs}), INGOT_PARAMETER, INGOT_INIT_UNIFORM, 1, -1}};
  static const Tables tables = [] {
    Tables t;
    t.launches.push_back({launch("affine.matmul", "matmul add maximum", "affine", affine_batch * affine_outputs,
                                 {operands, operands + std::size(operands)})});
    t.launches[0][0].operands = operands;
    t.launches[0][0].gemms = &gemm, t.launches[0][0].n_gemms = 1;
    ingot_device_entry e = {};
    e.kind = INGOT_PREDICT;
    e.launches = t.launches[0].data(), e.n_launches = 1;
    t.entries.push_back(e);
    finish(t);
    ingot_device_program& p = t.program;
    p.batch = affine_batch;
    p.states = states, p.n_states = 2, p.state_offsets = offsets, p.state_bytes = 2 * INGOT_DEVICE_ALIGNMENT;
    p.scalars_offset = 8, p.call_bytes = 8;
    return t;
  }();
  return tables.program;
}

}  // namespace

const ingot_model& device_model() {
  static const std::vector<ingot_point> points = [] {
    std::vector<ingot_point> all(model().points, model().points + model().n_points);
    all.push_back({"cuda", nullptr, nullptr, &model_program()});
    return all;
  }();
  static const ingot_model copy = [] {
    ingot_model m = model();
    m.points = points.data(), m.n_points = static_cast<std::uint32_t>(points.size());
    return m;
  }();
  return copy;
}

const ingot_model& affine_model() {
  static const ingot_tensor in = tensor_of("input", {affine_inputs}), out = tensor_of("scores", {affine_outputs});
  static const ingot_point point = {"cuda", nullptr, nullptr, &affine_program()};
  static const ingot_model copy = [] {
    ingot_model m = model();
    m.name = "affine";
    m.inputs = &in, m.outputs = &out;
    m.n_targets = 0;
    m.points = &point, m.n_points = 1;
    return m;
  }();
  return copy;
}

}  // namespace fake
