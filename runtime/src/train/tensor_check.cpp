#include "tensor_check.hpp"

#include "numeric_derivative.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <ingot/runtime/data/random.hpp>

#include <algorithm>
#include <cmath>
#include <numeric>

namespace ingot::runtime {
namespace {

constexpr std::uint32_t fast_directions = 3;  // an error that one direction misses is seen by another
constexpr std::uint32_t direction_tries = 3;  // for each of them: a direction may cross a kink on every scale
constexpr double rough_agreement = 1e-4;      // fine for functions with kinks: cs231n, neural-networks-3

/// ||a - b|| / (||a|| + ||b||). Where the gradient is so small that rounding alone could make the quotient fail, the part of the
/// difference that rounding explains does not count.
double relative(double difference, double rounding, double norms) {
  constexpr double meaningful = 1e-6;
  const double rest = norms * meaningful > rounding ? difference : std::max(0.0, difference - rounding);
  return rest == 0 ? 0 : norms == 0 ? 1 : rest / norms;
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
    chosen.push_back(static_cast<std::uint64_t>(check_uniform(seed, tensor, i) * static_cast<double>(a.size())));
  }
  std::sort(chosen.begin(), chosen.end());
  chosen.erase(std::unique(chosen.begin(), chosen.end()), chosen.end());
  return chosen;
}

class TensorChecker {
 public:
  TensorChecker(GradientRun& run, std::size_t v, double loss, const std::vector<double>& analytic, const GradcheckOptions& options)
      : run_(&run), v_(v), loss_(loss), analytic_(&analytic), options_(&options) {
    check_.name = variable().name;
    check_.elements = analytic.size();
    typical_ = euclidean_norm(analytic) / std::sqrt(static_cast<double>(std::max<std::size_t>(analytic.size(), 1)));
  }

  TensorCheck run() {
    if (!options_->fast) check_coordinates();
    check_directions(options_->fast ? fast_directions : 1);
    const bool unclear = !(check_.direction_error <= options_->tolerance) || check_.directions == 0;
    if (options_->fast && unclear) check_coordinates();
    run_->assign(v_, variable().values);
    return check_;
  }

 private:
  GradientRun::Variable& variable() { return run_->variables()[v_]; }
  [[nodiscard]] bool stopped() const { return options_->stop != nullptr && options_->stop->load(std::memory_order_relaxed); }

  NumericDerivative coordinate(std::uint64_t i) {
    std::vector<double> moved = variable().values;
    const double x = moved[i];
    const auto f = [&](double d) {
      moved[i] = x + d;
      run_->assign(v_, moved);
      return run_->loss();
    };
    return numeric_derivative(f, loss_, std::max(1.0, std::abs(x)), typical_);
  }

  void check_coordinates() {
    double difference = 0, a_square = 0, n_square = 0, rounding = 0;
    for (std::uint64_t i : sample(*analytic_, options_->coordinates, options_->seed, static_cast<std::uint32_t>(v_))) {
      if (stopped()) return;
      const NumericDerivative numeric = coordinate(i);
      const double a = (*analytic_)[i], n = numeric.value, error = std::abs(a - n);
      ++(numeric.kink ? check_.skipped : check_.checked);
      // Numbers of tokens have no derivative, and the gradient says so.
      const bool right_not_to = numeric.jump && a == 0;
      if (right_not_to || (numeric.kink && error <= rough_agreement * (std::abs(a) + std::abs(n) + typical_))) ++check_.rough;
      if (numeric.kink) continue;
      difference += error * error;
      a_square += a * a;
      n_square += n * n;
      rounding += numeric.rounding * numeric.rounding;
      if (error < check_.worst_error) continue;
      check_.worst_error = error;
      check_.worst_index = i;
      check_.worst_position = element_position(i, variable().dims);
      check_.worst_analytic = a;
      check_.worst_numeric = n;
    }
    check_.relative_error = relative(std::sqrt(difference), std::sqrt(rounding), std::sqrt(a_square) + std::sqrt(n_square));
  }

  void check_directions(std::uint32_t wanted) {
    for (std::uint32_t attempt = 0; check_.directions < wanted && attempt < wanted - 1 + direction_tries; ++attempt) {
      if (stopped()) return;
      if (check_direction(attempt)) ++check_.directions;
    }
  }

  // Along a random unit vector all entries are seen at once. Its components have both signs: of components with one sign the mean of the
  // gradient would make up most of the derivative. false: a kink on every scale.
  bool check_direction(std::uint32_t attempt) {
    const std::vector<double>& at = variable().values;
    std::vector<double> u(at.size()), moved(at.size());
    for (std::size_t i = 0; i < u.size(); ++i)
      u[i] = check_uniform(options_->seed + 1 + attempt, static_cast<std::uint32_t>(v_), static_cast<std::uint32_t>(i)) - 0.5;
    const double length = euclidean_norm(u);
    for (double& x : u) x /= length;
    const auto f = [&](double d) {
      for (std::size_t i = 0; i < u.size(); ++i) moved[i] = at[i] + d * u[i];
      run_->assign(v_, moved);
      return run_->loss();
    };
    double largest = 1;
    for (double x : at) largest = std::max(largest, std::abs(x));
    const NumericDerivative numeric = numeric_derivative(f, loss_, largest, typical_);
    if (numeric.kink) return false;
    const double a = std::inner_product(u.begin(), u.end(), analytic_->begin(), 0.0);
    // Cancellation can bring the derivative along u near zero: its typical size keeps the quotient meaningful.
    const double error = relative(std::abs(a - numeric.value), numeric.rounding, std::abs(a) + std::abs(numeric.value) + typical_);
    if (!(error <= check_.direction_error)) check_.direction_error = error;  // NaN as well
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

}  // namespace

double euclidean_norm(const std::vector<double>& v) { return std::sqrt(std::inner_product(v.begin(), v.end(), v.begin(), 0.0)); }

double check_uniform(std::uint64_t seed, std::uint32_t tensor, std::uint32_t i) {
  const PhiloxWords words = philox({i, tensor, 0, 0x47524144}, seed);  // a purpose of its own: "GRAD"
  return unit_interval(words[0], words[1]);
}

std::string element_position(std::uint64_t index, const std::vector<std::uint64_t>& dims) {
  std::vector<std::uint64_t> at(dims.size());
  for (std::size_t k = dims.size(); k-- > 0; index /= dims[k]) at[k] = index % dims[k];
  return fmt::format("[{}]", fmt::join(at, ", "));
}

TensorCheck check_tensor(GradientRun& run, std::size_t v, double loss, const std::vector<double>& analytic,
                         const GradcheckOptions& options) {
  return TensorChecker(run, v, loss, analytic, options).run();
}

}  // namespace ingot::runtime
