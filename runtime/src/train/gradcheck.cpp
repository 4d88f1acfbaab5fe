#include <ingot/runtime/train/gradcheck.hpp>

#include "class_balance.hpp"
#include "standardize.hpp"
#include "tensor_check.hpp"

#include <fmt/format.h>
#include <ingot/runtime/data/error.hpp>
#include <ingot/runtime/train/weights.hpp>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <numeric>
#include <optional>

namespace ingot::runtime {
namespace {

using Gradients = std::vector<std::vector<double>>;

// Of gradients in mixed precision: operands have 8 or 11 digits, so their errors come from rounding them, not from the length of sums.
constexpr double mixed_tolerance = 2e-2;

/// ||a-b|| / (||a|| + ||b||). Two gradients that are both below `rounding` are zero but for rounding, and differ by nothing: those of a
/// bias before a batch normalization, whose terms cancel.
double distance(const std::vector<double>& a, const std::vector<double>& b, double rounding) {
  const double norms = euclidean_norm(a) + euclidean_norm(b);
  if (norms <= rounding) return 0;
  std::vector<double> d(a.size());
  std::transform(a.begin(), a.end(), b.begin(), d.begin(), std::minus<>());
  return euclidean_norm(d) / norms;
}

/// Two programs of one point, with the same weights and rows.
class Check {
 public:
  Check(ProgramSource& source, const Point& point, Device& device, const Dataset& rows, std::uint64_t step, const GradcheckOptions& options)
      : options_(&options),
        rows_(static_cast<std::uint32_t>(rows.rows())),
        exact_(device.target().empty() ? &device : &cpu_.emplace()),
        f64_(run(source, point, *exact_, rows, step, INGOT_F64)),
        f32_(run(source, point, device, rows, step, INGOT_F32)) {}

  /// Weights are read from `f32`, which gets them.
  [[nodiscard]] Instance& f32() { return f32_.instance(); }
  GradcheckResult result();

 private:
  GradientRun run(ProgramSource& source, const Point& point, Device& device, const Dataset& rows, std::uint64_t step, std::uint32_t dtype) {
    const bool trains = dtype == INGOT_F32 && options_->burn_in_steps > 0;
    const std::uint32_t beside = trains ? entry_bit(INGOT_TRAIN) : 0u;
    return {point, gradient_program(source, point, device, rows_, dtype, beside), device, rows, {step, options_->seed, 0}};
  }
  [[nodiscard]] bool stopped() const { return options_->stop != nullptr && options_->stop->load(std::memory_order_relaxed); }
  std::string analytic_gradients();
  std::string not_finite();
  [[nodiscard]] std::uint64_t longest_sum();
  void run_float32();
  void compare_float32(TensorCheck& check, std::size_t v);
  const Gradients& nearby(std::size_t i);

  const GradcheckOptions* options_;
  std::uint32_t rows_;
  std::optional<CpuDevice> cpu_;  ///< for float64, of which accelerators have no programs
  Device* exact_;
  GradientRun f64_, f32_;
  double loss_ = 0;
  Gradients gradients_;
  double tolerance_ = 0;  ///< of the float32 gradients
  double largest_ = 0;    ///< norm of a gradient: what flows through the layers is of this size, and so are its rounding errors
  std::vector<Gradients> nearby_;
};

/// The analytic gradients, computed twice: equal bits, or the check means nothing.
std::string Check::analytic_gradients() {
  loss_ = f64_.loss();
  for (std::size_t v = 0; v < f64_.variables().size(); ++v) gradients_.push_back(f64_.gradient(v));
  const double again = f64_.loss();
  if (!std::isfinite(loss_)) return fmt::format("the loss is {}", loss_);
  if (again != loss_) return fmt::format("the loss differs between two equal evaluations ({:.17g} and {:.17g})", loss_, again);
  for (std::size_t v = 0; v < gradients_.size(); ++v) {
    const std::vector<double> repeated = f64_.gradient(v);
    if (std::memcmp(repeated.data(), gradients_[v].data(), repeated.size() * sizeof(double)) != 0)
      return fmt::format("the gradient of {} differs between two equal evaluations", f64_.variables()[v].name);
  }
  return not_finite();
}

/// The first element of a gradient that is no number, in a sentence: a rule may compute one on the side that it does not take.
std::string Check::not_finite() {
  for (std::size_t v = 0; v < gradients_.size(); ++v) {
    const auto bad = std::find_if(gradients_[v].begin(), gradients_[v].end(), [](double x) { return !std::isfinite(x); });
    if (bad == gradients_[v].end()) continue;
    const GradientRun::Variable& variable = f64_.variables()[v];
    const auto index = static_cast<std::uint64_t>(bad - gradients_[v].begin());
    return fmt::format(
        "the gradient of {} is {} at {}, though the loss is {:.6g}: look for roots, logarithms and quotients that are computed "
        "where they are not used",
        variable.name, std::isnan(*bad) ? "not a number" : "infinite", element_position(index, variable.dims), loss_);
  }
  return {};
}

/// The longest sum that a gradient of this program runs over: the rows, or the width of a layer.
std::uint64_t Check::longest_sum() {
  std::uint64_t longest = rows_;
  for (const ingot_state& state : f64_.instance().states()) {
    if (state.role != INGOT_PARAMETER) continue;
    const std::uint64_t last = state.tensor.rank == 0 ? 1 : state.tensor.dims[state.tensor.rank - 1];
    longest = std::max({longest, last, state.tensor.elements / std::max<std::uint64_t>(last, 1)});
  }
  return longest;
}

/// The float64 gradients at place i of several where every parameter is off by about what float32 rounds, at later ones by more.
const Gradients& Check::nearby(std::size_t i) {
  while (nearby_.size() <= i) {
    const double off = tolerance_ / 8 * (1 + static_cast<double>(nearby_.size()) / 4);
    const auto seed = options_->seed + 1000 + nearby_.size();
    for (std::size_t v = 0; v < f64_.variables().size(); ++v) {
      if (f64_.variables()[v].is_input) continue;  // its values may be numbers of classes or tokens
      std::vector<double> moved = f64_.variables()[v].values;
      for (std::size_t k = 0; k < moved.size(); ++k)
        moved[k] *= 1 + off * (2 * check_uniform(seed, static_cast<std::uint32_t>(v), static_cast<std::uint32_t>(k)) - 1);
      f64_.assign(v, moved);
    }
    f64_.loss();
    Gradients& there = nearby_.emplace_back();
    for (std::size_t v = 0; v < f64_.variables().size(); ++v) {
      there.push_back(f64_.gradient(v));
      f64_.assign(v, f64_.variables()[v].values);
    }
  }
  return nearby_[i];
}

/// A scale of the loss at which gradients overflow is halved, as training does.
void Check::run_float32() {
  f32_.loss();
  const auto scale = f32().find_state(INGOT_LOSS_SCALE);
  if (!scale) return;
  const auto overflows = [this] {
    for (std::size_t v = 0; v < f32_.variables().size(); ++v)
      if (!std::ranges::all_of(f32_.gradient(v), [](double x) { return std::isfinite(x); })) return true;
    return false;
  };
  for (double now = f32().get_doubles(*scale).front(); now > 1 && overflows(); f32_.loss()) {
    now = std::max(1.0, now / 2);
    f32().set_doubles(*scale, std::span(&now, 1));
  }
}

void Check::compare_float32(TensorCheck& check, std::size_t v) {
  constexpr std::size_t places = 24;  // each lies on the other side of a given kink with a chance of one half
  constexpr double largest = 0.1;     // of a difference that many small kinks together may explain
  const double rounding = tolerance_ * largest_;
  const std::vector<double> f32 = f32_.gradient(v);
  check.f32_error = distance(f32, gradients_[v], rounding);
  check.f32_tolerance = tolerance_;
  if (check.f32_error <= tolerance_) return;
  for (std::size_t i = 0; i < places && !check.f32_beyond_kink; ++i) {
    const std::vector<double>& there = nearby(i)[v];
    check.f32_kink = std::max(check.f32_kink, distance(there, gradients_[v], rounding));
    const bool same_side = distance(f32, there, rounding) <= 4 * tolerance_;
    check.f32_beyond_kink = same_side || check.f32_error <= std::min(2 * check.f32_kink, largest);
  }
}

void judge(TensorCheck& check, const GradcheckOptions& options) {
  const std::uint32_t sampled = check.checked + check.skipped;
  if (!(check.relative_error <= options.tolerance)) {
    check.verdict = fmt::format("differs from central differences, worst at {}", check.worst_position);
  } else if (!(check.direction_error <= options.tolerance)) {
    check.verdict = "differs from central differences along a random direction";
  } else if (check.skipped - check.rough > std::max(2.0, options.max_skipped * sampled)) {
    check.verdict = fmt::format("{} of {} coordinates lie at kinks", check.skipped, sampled);
    check.unclear = true;
  } else if (!(check.f32_error <= check.f32_tolerance) && !check.f32_beyond_kink) {
    check.verdict = "differs in float32 from the float64 one";
  } else {
    check.verdict = check.f32_beyond_kink ? "ok; float32 lies beyond a kink" : "ok";
    check.passed = true;
  }
}

/// Empty where float32 agrees.
std::string kink_note(const std::vector<TensorCheck>& tensors) {
  const TensorCheck* worst = nullptr;
  int count = 0;
  for (const TensorCheck& check : tensors) {
    if (!check.passed || !check.f32_beyond_kink) continue;
    ++count;
    if (worst == nullptr || check.f32_error > worst->f32_error) worst = &check;
  }
  if (worst == nullptr) return {};
  return fmt::format(
      "float32: {} of {} gradients differ by no more than the float64 ones do when weights move by what float32 rounds (worst: {}, {:.1e}, "
      "float64 {:.1e}): a pre-activation lies at a kink, which other rows or weights avoid",
      count, tensors.size(), worst->name, worst->f32_error, worst->f32_kink);
}

GradcheckResult Check::result() {
  constexpr double suspicious = 1e-10;  // rounding errors of the loss weigh more than such gradients
  GradcheckResult result;
  copy_weights(f32(), f64_.instance());
  f64_.read_values();
  result.problem = analytic_gradients();
  result.loss = loss_;
  if (!result.problem.empty()) return result;
  run_float32();
  const bool mixed = f32().point().model().recipe.craft.precision.compute != INGOT_F32;
  tolerance_ = mixed ? mixed_tolerance : gradient_tolerance(INGOT_F32, longest_sum());
  for (const std::vector<double>& g : gradients_) largest_ = std::max(largest_, euclidean_norm(g));
  if (largest_ < suspicious)
    result.notes.push_back(fmt::format("no gradient is larger than {:.1e}: too small for differences to show anything", largest_));
  for (std::size_t v = 0; v < gradients_.size(); ++v) {
    TensorCheck check = check_tensor(f64_, v, loss_, gradients_[v], *options_);
    compare_float32(check, v);
    judge(check, *options_);
    for (const double error : {check.relative_error, check.direction_error})
      if (!(error <= result.worst_relative_error)) result.worst_relative_error = error;
    result.tensors.push_back(std::move(check));
    result.interrupted = stopped();
    if (result.interrupted) return result;
  }
  if (std::string note = kink_note(result.tensors); !note.empty()) result.notes.push_back(std::move(note));
  result.passed = std::all_of(result.tensors.begin(), result.tensors.end(), [](const TensorCheck& check) { return check.passed; });
  return result;
}

Dataset chosen_rows(const Dataset& data, std::uint32_t batch, const std::vector<std::uint32_t>& rows) {
  if (batch == 0 || data.rows() == 0 || data.targets.empty()) throw UserError("a gradient check needs at least 1 row with its target");
  for (const std::uint32_t row : rows)
    if (row >= data.rows()) throw UserError(fmt::format("there is no row {} to check on: {} has {} rows", row, data.source, data.rows()));
  if (!rows.empty()) return in_memory(data, rows);
  return in_memory(data.slice(0, std::min<std::uint64_t>(batch, data.rows())));
}

/// Statistics are those of `data`, steps are made on the rows of the check.
void prepare_weights(Instance& f32, const Dataset& data, const Dataset& rows, const GradcheckOptions& options) {
  f32.initialize(options.seed);
  standardize_inputs(f32, data);
  balance_classes(f32, data);
  if (!options.weights.empty()) load_weights(options.weights, f32);
  const DatasetPointers pointers(rows);
  const double rate = f32.point().value(f32.point().model().recipe.learning_rate);
  for (std::uint32_t step = 1; step <= options.burn_in_steps; ++step) {
    f32.run(INGOT_TRAIN, {pointers.inputs(), pointers.input_dtypes(), pointers.targets(), nullptr, static_cast<std::uint32_t>(rows.rows())},
            {step, options.seed, rate});
  }
}

}  // namespace

double gradient_tolerance(std::uint32_t dtype, std::uint64_t length) {
  constexpr double safety = 32;
  const double unit = dtype == INGOT_F64    ? std::numeric_limits<double>::epsilon() / 2
                      : dtype == INGOT_F16  ? 0x1p-11
                      : dtype == INGOT_BF16 ? 0x1p-8
                                            : std::numeric_limits<float>::epsilon() / 2.0;
  return safety * unit * std::sqrt(static_cast<double>(std::max<std::uint64_t>(length, 1)));
}

GradcheckResult gradcheck(ProgramSource& source, const Point& point, Device& device, const Dataset& data, std::uint32_t batch,
                          const GradcheckOptions& options) {
  const Dataset rows = chosen_rows(data, batch, options.rows);
  Check check(source, point, device, rows, 1, options);
  prepare_weights(check.f32(), data, rows, options);
  return check.result();
}

GradcheckResult gradcheck_at(ProgramSource& source, const Instance& at, const Dataset& rows, std::uint64_t step,
                             const GradcheckOptions& options) {
  Check check(source, at.point(), at.device(), rows, step, options);
  copy_weights(at, check.f32());
  return check.result();
}

bool wrong(const GradcheckResult& result) {
  if (result.passed || result.interrupted) return false;
  const auto is_wrong = [](const TensorCheck& check) { return !check.passed && !check.unclear; };
  return !result.problem.empty() || std::any_of(result.tensors.begin(), result.tensors.end(), is_wrong);
}

std::string failure(const GradcheckResult& result) {
  if (result.passed) return {};
  if (!result.problem.empty()) return result.problem;
  std::string text;
  for (const TensorCheck& check : result.tensors)
    if (!check.passed) text += fmt::format("{}the gradient of {} {}", text.empty() ? "" : "; ", check.name, check.verdict);
  return text;
}

}  // namespace ingot::runtime
