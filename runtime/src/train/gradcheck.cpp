#include <ingot/runtime/train/gradcheck.hpp>

#include "class_balance.hpp"
#include "gradient_run.hpp"
#include "numeric_derivative.hpp"
#include "standardize.hpp"

#include <fmt/format.h>
#include <ingot/runtime/data/error.hpp>
#include <ingot/runtime/data/random.hpp>
#include <ingot/runtime/train/weights.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace ingot::runtime {
namespace {

constexpr int direction_tries = 3;
// Of gradients in mixed precision: operands have 8 or 11 digits, so their errors come from rounding them, not from the length of sums.
constexpr double mixed_tolerance = 2e-2;

double norm(const std::vector<double>& v) { return std::sqrt(std::inner_product(v.begin(), v.end(), v.begin(), 0.0)); }

/// ||a - b|| / (||a|| + ||b||). Where the gradient is so small that rounding alone could make the quotient fail, the part of the
/// difference that rounding explains does not count.
double relative(double difference, double rounding, double norms) {
  constexpr double meaningful = 1e-6;
  const double rest = norms * meaningful > rounding ? difference : std::max(0.0, difference - rounding);
  return rest == 0 ? 0 : norms == 0 ? 1 : rest / norms;
}

double uniform(std::uint64_t seed, std::uint32_t tensor, std::uint32_t i) {
  const PhiloxWords words = philox({i, tensor, 0, 0x47524144}, seed);  // a purpose of its own: "GRAD"
  return unit_interval(words[0], words[1]);
}

/// First, last, largest and smallest |a|, then random ones; all when there are few.
std::vector<std::uint64_t> sample(const std::vector<double>& a, std::uint32_t wanted, std::uint64_t seed, std::uint32_t tensor) {
  std::vector<std::uint64_t> chosen;
  if (a.size() <= wanted) {
    chosen.resize(a.size());
    std::iota(chosen.begin(), chosen.end(), 0u);
    return chosen;
  }
  const auto smaller = [](double x, double y) { return std::abs(x) < std::abs(y); };
  const auto [low, high] = std::minmax_element(a.begin(), a.end(), smaller);
  chosen = {0, a.size() - 1, static_cast<std::uint64_t>(high - a.begin()), static_cast<std::uint64_t>(low - a.begin())};
  for (std::uint32_t i = 0; chosen.size() < wanted; ++i) {
    chosen.push_back(static_cast<std::uint64_t>(uniform(seed, tensor, i) * static_cast<double>(a.size())));
  }
  std::sort(chosen.begin(), chosen.end());
  chosen.erase(std::unique(chosen.begin(), chosen.end()), chosen.end());
  return chosen;
}

/// One tensor of the float64 program.
class TensorChecker {
 public:
  TensorChecker(GradientRun& run, std::size_t v, double loss, const std::vector<double>& analytic, const GradcheckOptions& options)
      : run_(&run), v_(v), loss_(loss), analytic_(&analytic), options_(&options) {
    check_.name = variable().name;
    check_.elements = analytic.size();
    typical_ = norm(analytic) / std::sqrt(static_cast<double>(std::max<std::size_t>(analytic.size(), 1)));
  }

  TensorCheck run() {
    check_coordinates();
    for (int i = 0; i < direction_tries && !check_direction(static_cast<std::uint32_t>(i)); ++i)
      check_.direction_skipped = i + 1 == direction_tries;
    run_->assign(v_, variable().values);
    return check_;
  }

 private:
  GradientRun::Variable& variable() { return run_->variables()[v_]; }
  [[nodiscard]] bool stopped() const { return options_->stop != nullptr && options_->stop->load(std::memory_order_relaxed); }

  std::optional<NumericDerivative> coordinate(std::uint64_t i) {
    std::vector<double> moved = variable().values;
    const double x = moved[i];
    const auto f = [&](double d) {
      moved[i] = x + d;
      run_->assign(v_, moved);
      return run_->loss();
    };
    return numeric_derivative(f, std::abs(loss_), std::max(1.0, std::abs(x)), typical_);
  }

  void check_coordinates() {
    double difference = 0, a_square = 0, n_square = 0, rounding = 0;
    for (std::uint64_t i : sample(*analytic_, options_->coordinates, options_->seed, static_cast<std::uint32_t>(v_))) {
      if (stopped()) return;
      const auto numeric = coordinate(i);
      ++(numeric ? check_.checked : check_.skipped);
      if (!numeric) continue;
      const double a = (*analytic_)[i], n = numeric->value, error = std::abs(a - n);
      difference += error * error;
      a_square += a * a;
      n_square += n * n;
      rounding += numeric->rounding * numeric->rounding;
      if (error < check_.worst_error) continue;
      check_.worst_error = error;
      check_.worst_index = i;
      check_.worst_analytic = a;
      check_.worst_numeric = n;
    }
    check_.relative_error = relative(std::sqrt(difference), std::sqrt(rounding), std::sqrt(a_square) + std::sqrt(n_square));
  }

  // Along a random unit vector all entries are seen at once. false: a kink on every scale.
  bool check_direction(std::uint32_t attempt) {
    if (stopped()) return true;
    const std::vector<double>& at = variable().values;
    std::vector<double> u(at.size()), moved(at.size());
    for (std::size_t i = 0; i < u.size(); ++i)
      u[i] = uniform(options_->seed + 1 + attempt, static_cast<std::uint32_t>(v_), static_cast<std::uint32_t>(i)) - 0.5;
    const double length = norm(u);
    for (double& x : u) x /= length;
    const auto f = [&](double d) {
      for (std::size_t i = 0; i < u.size(); ++i) moved[i] = at[i] + d * u[i];
      run_->assign(v_, moved);
      return run_->loss();
    };
    double largest = 1;
    for (double x : at) largest = std::max(largest, std::abs(x));
    const auto numeric = numeric_derivative(f, std::abs(loss_), largest, typical_);
    if (!numeric) return false;
    const double a = std::inner_product(u.begin(), u.end(), analytic_->begin(), 0.0);
    // Cancellation can bring the derivative along u near zero: its typical size keeps the quotient meaningful.
    check_.direction_error = relative(std::abs(a - numeric->value), numeric->rounding, std::abs(a) + std::abs(numeric->value) + typical_);
    return true;
  }

  GradientRun* run_;
  std::size_t v_;
  double loss_;
  const std::vector<double>* analytic_;
  const GradcheckOptions* options_;
  TensorCheck check_;
  double typical_ = 0;
};

void judge(TensorCheck& check, const GradcheckOptions& options) {
  const std::uint32_t sampled = check.checked + check.skipped;
  if (!(check.relative_error <= options.tolerance)) {
    check.verdict = fmt::format("differs from central differences, worst at index {}", check.worst_index);
  } else if (!(check.direction_error <= options.tolerance)) {
    check.verdict = "differs from central differences along a random direction";
  } else if (check.skipped > std::max(2.0, options.max_skipped * sampled)) {
    check.verdict = fmt::format("{} of {} coordinates lie at kinks", check.skipped, sampled);
  } else if (!(check.f32_error <= check.f32_tolerance)) {
    check.verdict = "float32 gradient differs from the float64 one";
  } else {
    check.verdict = "ok";
    check.passed = true;
  }
}

/// Two programs of one point, with the same weights.
struct Runs {
  GradientRun f64, f32;
};

Program gradient_program(ProgramSource& source, const Point& point, std::uint32_t batch, std::uint32_t dtype, bool train) {
  ProgramRequest request;
  request.batch = batch;
  request.dtype = dtype;
  request.entries = entry_bit(INGOT_GRADIENT) | (train ? entry_bit(INGOT_TRAIN) : 0u);
  request.exact_batch = false;
  return source.get(point, request);
}

// Statistics are those of `data`, steps are made on the rows of the check.
void prepare_weights(Runs& runs, const Dataset& data, const Dataset& first, const GradcheckOptions& options) {
  Instance& f32 = runs.f32.instance();
  f32.initialize(options.seed);
  standardize_inputs(f32, data);
  balance_classes(f32, data);
  const DatasetPointers pointers(first);
  const auto rows = static_cast<std::uint32_t>(first.rows());
  const double rate = f32.point().value(f32.point().model().recipe.learning_rate);
  for (std::uint32_t step = 1; step <= options.burn_in_steps; ++step) {
    f32.run(INGOT_TRAIN, {pointers.inputs(), pointers.input_dtypes(), pointers.targets(), nullptr, rows}, {step, options.seed, rate});
  }
  copy_weights(f32, runs.f64.instance());
  runs.f64.read_values();
}

/// The longest sum that a gradient of this program runs over: the rows, or the width of a layer.
std::uint64_t longest_sum(const Instance& instance, std::uint32_t rows) {
  std::uint64_t longest = rows;
  for (const ingot_state& state : instance.states()) {
    if (state.role != INGOT_PARAMETER) continue;
    const std::uint64_t last = state.tensor.rank == 0 ? 1 : state.tensor.dims[state.tensor.rank - 1];
    longest = std::max({longest, last, state.tensor.elements / std::max<std::uint64_t>(last, 1)});
  }
  return longest;
}

/// The analytic gradients, computed twice: equal bits, or the check means nothing.
std::string analytic_gradients(GradientRun& run, double& loss, std::vector<std::vector<double>>& gradients) {
  loss = run.loss();
  for (std::size_t v = 0; v < run.variables().size(); ++v) gradients.push_back(run.gradient(v));
  const double again = run.loss();
  if (!std::isfinite(loss)) return fmt::format("the loss is {}", loss);
  if (again != loss) return fmt::format("the loss differs between two equal evaluations ({:.17g} and {:.17g})", loss, again);
  for (std::size_t v = 0; v < gradients.size(); ++v) {
    if (run.gradient(v) != gradients[v])
      return fmt::format("the gradient of {} differs between two equal evaluations", run.variables()[v].name);
  }
  return {};
}

/// Of a float32 gradient from the float64 one. A gradient below `rounding` in both is zero but for rounding, and differs by nothing: that
/// of a bias before a batch normalization, whose terms cancel.
double distance(const std::vector<double>& a, const std::vector<double>& b, double rounding) {
  const double norms = norm(a) + norm(b);
  if (norms <= rounding) return 0;
  std::vector<double> d(a.size());
  std::transform(a.begin(), a.end(), b.begin(), d.begin(), std::minus<>());
  return relative(norm(d), 0, norms);
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
  const auto rows = static_cast<std::uint32_t>(std::min<std::uint64_t>(batch, data.rows()));
  if (rows == 0 || data.targets.empty()) throw UserError("a gradient check needs at least 1 row with its target");
  const Dataset first = in_memory(data.slice(0, rows));
  Runs runs{{point, gradient_program(source, point, batch, INGOT_F64, false), device, first, rows, options.seed},
            {point, gradient_program(source, point, batch, INGOT_F32, options.burn_in_steps > 0), device, first, rows, options.seed}};
  prepare_weights(runs, data, first, options);

  GradcheckResult result;
  double loss = 0;
  std::vector<std::vector<double>> gradients;
  result.problem = analytic_gradients(runs.f64, loss, gradients);
  if (!result.problem.empty()) return result;
  runs.f32.loss();
  const bool mixed = point.model().recipe.craft.precision.compute != INGOT_F32;
  const double tolerance = mixed ? mixed_tolerance : gradient_tolerance(INGOT_F32, longest_sum(runs.f64.instance(), rows));
  double largest = 0;  // what flows through the layers is of this size, and so are its rounding errors
  for (const std::vector<double>& g : gradients) largest = std::max(largest, norm(g));
  for (std::size_t v = 0; v < gradients.size(); ++v) {
    TensorCheck check = TensorChecker(runs.f64, v, loss, gradients[v], options).run();
    check.f32_error = distance(runs.f32.gradient(v), gradients[v], tolerance * largest);
    check.f32_tolerance = tolerance;
    judge(check, options);
    result.worst_relative_error = std::max(result.worst_relative_error, check.relative_error);
    result.tensors.push_back(std::move(check));
    result.interrupted = options.stop != nullptr && options.stop->load(std::memory_order_relaxed);
    if (result.interrupted) return result;
  }
  result.passed = std::all_of(result.tensors.begin(), result.tensors.end(), [](const TensorCheck& check) { return check.passed; });
  return result;
}

}  // namespace ingot::runtime
