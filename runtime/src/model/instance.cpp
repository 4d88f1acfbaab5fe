#include <ingot/runtime/model/instance.hpp>

#include <fmt/format.h>
#include <ingot/runtime/data/dataset.hpp>

#include <algorithm>
#include <cmath>
#include <stdexcept>

namespace ingot::runtime {
namespace {

template <class T>
void convert(const std::byte* from, std::span<double> to) {
  const T* values = reinterpret_cast<const T*>(from);
  std::copy(values, values + to.size(), to.begin());
}

template <class T>
std::vector<T> narrowed(std::span<const double> values) {
  std::vector<T> result(values.size());
  std::transform(values.begin(), values.end(), result.begin(), [](double v) { return static_cast<T>(v); });
  return result;
}

std::uint32_t most_metrics(const ingot_program& program) {
  std::uint32_t most = 0;
  for (std::uint32_t e = 0; e < program.n_entries; ++e) most = std::max(most, program.entries[e].n_metrics);
  return most;
}

// As NADAM_PRODUCT says. From the update itself, not from the product before: a resumed run must get the same bits. Factors beyond the
// 900th are the base, since 1 - 0.96^900 / 2 rounds to 1.
double nadam_product(double base, std::uint64_t update) {
  constexpr std::uint64_t varying = 900;
  double product = std::pow(base, static_cast<double>(update)), share = 1;
  for (std::uint64_t i = 0; i < std::min(update, varying); ++i) {
    share *= 0.96;
    product *= 1 - 0.5 * share;
  }
  return product;
}

void ignore_mark(void*, std::uint32_t, std::uint32_t) {}

double scalar_value(const ingot_scalar& scalar, const Point& point, const StepNumbers& numbers) {
  const std::uint64_t calls = calls_per_update(point), update = (numbers.step + calls - 1) / calls - numbers.skipped;
  const auto base = [&] { return scalar.index >= 0 ? point[static_cast<std::size_t>(scalar.index)] : scalar.constant; };
  const auto momentum = [&] { return numbers.momentum.value_or(point.value(point.model().recipe.schedule.high_momentum)); };
  switch (scalar.kind) {
    case INGOT_SCALAR_HP:
      return point[static_cast<std::size_t>(scalar.index)];
    case INGOT_SCALAR_RATE:
      return numbers.rate;
    case INGOT_SCALAR_STEP:
      return static_cast<double>(numbers.step);
    case INGOT_SCALAR_SEED_LOW:
      return static_cast<double>(numbers.seed & 0xffffffffu);
    case INGOT_SCALAR_SEED_HIGH:
      return static_cast<double>(numbers.seed >> 32);
    // From the update itself, not by repeated multiplication: a resumed run must get the same bits.
    case INGOT_SCALAR_POWER:
      return std::pow(base(), static_cast<double>(update));
    case INGOT_SCALAR_UPDATE:
      return static_cast<double>(update);
    case INGOT_SCALAR_APPLY:
      return numbers.step % calls == 0 ? 1 : 0;
    case INGOT_SCALAR_NADAM_PRODUCT:
      return nadam_product(base(), update);
    case INGOT_SCALAR_MOMENTUM:
      return momentum();
    case INGOT_SCALAR_MOMENTUM_POWER:
      return std::pow(momentum(), static_cast<double>(update));
  }
  throw std::logic_error(fmt::format("scalar {} has unknown kind {}", scalar.name, scalar.kind));
}

}  // namespace

std::uint32_t calls_per_update(const Point& point) {
  return static_cast<std::uint32_t>(std::clamp(point.value(point.model().recipe.accumulation), 1.0, 1e9));
}

void fill_scalars(const ingot_program& program, const Point& point, const StepNumbers& numbers, std::span<double> scalars) {
  for (std::uint32_t i = 0; i < program.n_scalars; ++i) scalars[i] = scalar_value(program.scalars[i], point, numbers);
}

Instance::Instance(const Point& point, Program program, Device& device)
    : point_(point),
      program_(std::move(program)),
      device_(&device),
      executable_(device.load(point_.model(), program_)),
      steps_ahead_(executable_->steps_ahead()),
      scalars_(program_->n_scalars),
      metrics_(most_metrics(*program_)) {
  skipped_state_ = find_state(INGOT_SKIPPED_STATE);
}

std::optional<std::uint32_t> Instance::find_state(std::string_view name) const {
  for (std::uint32_t i = 0; i < program_->n_states; ++i) {
    if (name == program_->states[i].tensor.name) return i;
  }
  return std::nullopt;
}

void Instance::get(std::uint32_t i, void* canonical) const { executable_->get(i, canonical); }
void Instance::set(std::uint32_t i, const void* canonical) { executable_->set(i, canonical); }

std::vector<double> Instance::get_doubles(std::uint32_t i) const {
  const ingot_tensor& tensor = program_->states[i].tensor;
  std::vector<std::byte> raw(tensor.elements * dtype_bytes(tensor.dtype));
  get(i, raw.data());
  std::vector<double> values(tensor.elements);
  tensor.dtype == INGOT_F64 ? convert<double>(raw.data(), values) : convert<float>(raw.data(), values);
  return values;
}

void Instance::set_doubles(std::uint32_t i, std::span<const double> values) {
  if (program_->states[i].tensor.dtype == INGOT_F64) {
    set(i, values.data());
  } else {
    set(i, narrowed<float>(values).data());
  }
}

const ingot_entry& Instance::entry(ingot_entry_kind kind) const {
  const ingot_entry* entry = program_.entry(kind);
  if (entry == nullptr) throw std::logic_error("the program lacks the entry that is to run");
  return *entry;
}

ingot_call Instance::call_for(const Feed& feed, const StepNumbers& numbers) {
  StepNumbers all = numbers;
  all.skipped = skipped_updates();
  fill_scalars(*program_, point_, all, scalars_);
  ingot_call call = {};
  call.inputs = feed.inputs;
  call.input_dtypes = feed.input_dtypes;
  call.targets = feed.targets;
  call.index = feed.index;
  call.rows = feed.rows;
  call.scalars = scalars_.data();
  call.metrics = metrics_.data();
  call.mark = ignore_mark;
  return call;
}

std::span<const double> Instance::run(ingot_entry_kind kind, const Feed& feed, const StepNumbers& numbers, void* const* outputs) {
  const ingot_entry& entry = this->entry(kind);
  ingot_call call = call_for(feed, numbers);
  call.outputs = outputs;
  KernelProfile* profile = kind == profiled_ ? profile_ : nullptr;
  if (profile != nullptr) profile->begin_step(call);
  executable_->run(entry, call);
  if (profile != nullptr) profile->end_step();
  return {metrics_.data(), entry.n_metrics};
}

void Instance::start(ingot_entry_kind kind, const Feed& feed, const StepNumbers& numbers) {
  const ingot_entry& entry = this->entry(kind);
  ingot_call call = call_for(feed, numbers);
  started_metrics_ = entry.n_metrics;
  KernelProfile* profile = kind == profiled_ ? profile_ : nullptr;
  if (profile != nullptr) profile->begin_step(call);
  executable_->start(entry, call);
  if (profile != nullptr) profile->end_step();
}

std::span<const double> Instance::finish() {
  if (steps_ahead_ > 0) executable_->finish(metrics_.data());
  return {metrics_.data(), started_metrics_};
}

std::uint64_t Instance::skipped_updates() const {
  if (!skipped_state_) return 0;
  if (program_->dtype == INGOT_F64) return 0;  // makes no updates
  float skipped = 0;
  get(*skipped_state_, &skipped);
  return static_cast<std::uint64_t>(skipped);
}

std::optional<std::uint32_t> Instance::find_metric(ingot_entry_kind kind, std::string_view name) const {
  const ingot_entry* entry = program_.entry(kind);
  for (std::uint32_t m = 0; entry != nullptr && m < entry->n_metrics; ++m) {
    if (name == entry->metrics[m]) return m;
  }
  return std::nullopt;
}

bool all_finite(const Instance& instance, std::string* where) {
  std::vector<std::byte> raw;
  const bool scaled = instance.find_state(INGOT_SKIPPED_STATE).has_value();
  for (std::uint32_t i = 0; i < instance.states().size(); ++i) {
    const ingot_tensor& tensor = instance.states()[i].tensor;
    // gradients that are gathered may have overflowed: their update, which has yet to come, will be skipped
    if (scaled && std::string_view(tensor.name).ends_with(INGOT_ACCUMULATED_SUFFIX)) continue;
    raw.resize(tensor.elements * dtype_bytes(tensor.dtype));
    instance.get(i, raw.data());
    const auto finite = [&]<class T>(const T* values) {
      return std::all_of(values, values + tensor.elements, [](T v) { return std::isfinite(v); });
    };
    const bool fine = tensor.dtype == INGOT_F64   ? finite(reinterpret_cast<const double*>(raw.data()))
                      : tensor.dtype == INGOT_F32 ? finite(reinterpret_cast<const float*>(raw.data()))
                                                  : true;
    if (fine) continue;
    if (where != nullptr) *where = tensor.name;
    return false;
  }
  return true;
}

}  // namespace ingot::runtime
