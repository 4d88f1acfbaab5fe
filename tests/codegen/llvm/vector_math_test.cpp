// The error of the vector functions in units in the last place, over dense samples, and their special values. Sampled bounds,
// not proofs; results are the same bits for every target.
#include "codegen/llvm/op_graphs.hpp"
#include "codegen/support/program_runner.hpp"
#include "codegen/support/targets.hpp"

#include <catch2/catch.hpp>

#include <cmath>
#include <limits>

using namespace ingot::codegen;
using namespace ingot::test;

namespace {

constexpr std::int64_t columns = 64;
constexpr unsigned batch = 1024;
constexpr Op functions[] = {Op::exp, Op::log, Op::log1p, Op::tanh, Op::erf, Op::sigmoid};
constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();

long double exact(Op op, long double x) {
  switch (op) {
    case Op::exp:
      return std::exp(x);
    case Op::log:
      return std::log(x);
    case Op::log1p:
      return std::log1p(x);
    case Op::tanh:
      return std::tanh(x);
    case Op::erf:
      return std::erf(x);
    default:
      return 1 / (1 + std::exp(-x));
  }
}

/// Units in the last place of a float near `x`, subnormal numbers included.
long double ulp(long double x) {
  int exponent = 0;
  std::frexp(x, &exponent);
  return std::ldexp(1.0L, std::max(exponent - 24, -149));
}

Graph function_graph() {
  OpGraph g(DType::f32, columns);
  for (const Op op : functions) g.output(g->unary(op, g.x), std::string(op_name(op)));
  return g.take();
}

class Functions {
 public:
  explicit Functions(const Target& target) : plan_(plan_graphs({{Entry::predict, function_graph()}}, batch, target)), runner_(plan_) {}
  /// `x` has batch * columns elements; result [function].
  std::vector<Values> operator()(const Values& x) {
    InterpreterInputs in;
    in.rows = batch;
    in.inputs = {x, Values(x.size(), 0)};
    in.targets = {Values(batch, 0), Values(x.size(), 0)};
    in.states = {Values(columns, 0), Values(columns, 0)};
    in.scalars = Values(4, 0);
    return runner_.run(Entry::predict, in).results;
  }
  std::vector<double> at(double x) {
    std::vector<double> out;
    for (const Values& v : (*this)(Values(batch * columns, x))) out.push_back(v.back());
    return out;
  }

 private:
  ProgramPlan plan_;
  ProgramRunner runner_;
};

/// Floats that are evenly spread over [low, high].
Values even(double low, double high) {
  Values v(batch * columns);
  for (std::size_t i = 0; i < v.size(); ++i)
    v[i] = static_cast<float>(low + (high - low) * static_cast<double>(i) / static_cast<double>(v.size() - 1));
  return v;
}
/// Floats whose exponents are evenly spread over [low, high], negative ones too when `both`.
Values spread(int low, int high, bool both) {
  Values v(batch * columns);
  for (std::size_t i = 0; i < v.size(); ++i) {
    const double e = low + (high - low) * static_cast<double>(i) / static_cast<double>(v.size());
    v[i] = static_cast<float>(std::exp2(e) * (both && i % 2 == 1 ? -1 : 1));
  }
  return v;
}

double worst_ulp(Functions& f, std::size_t function, const Values& x) {
  const Values y = f(x)[function];
  long double worst = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    const long double want = exact(functions[function], x[i]);
    if (static_cast<double>(static_cast<float>(want)) == y[i]) continue;  // rounded correctly, infinity included
    worst = std::max(worst, std::abs(static_cast<long double>(y[i]) - want) / ulp(want));
  }
  return static_cast<double>(worst);
}

}  // namespace

TEST_CASE("vector functions are accurate to a few units in the last place", "[math]") {
  struct Range {
    std::size_t function;
    Values x;
    double bound;
  };
  const Range ranges[] = {
      {0, even(-86, 88.7), 1},          {0, even(-1, 1), 1},       {0, even(-103, -87), 1},           {0, spread(-30, 6, true), 1},
      {1, spread(-126, 127, false), 1}, {1, even(0.4, 2.5), 1},    {1, spread(-149, -126, false), 1}, {2, spread(-60, 120, false), 2.5},
      {2, even(-0.95, 2), 2.5},         {3, even(-9.5, 9.5), 1.5}, {3, spread(-60, 4, true), 1.5},    {4, even(-4.2, 4.2), 6},
      {4, spread(-60, 2, true), 6},     {5, even(-80, 20), 2.5},   {5, spread(-30, 4, true), 2.5},
  };
  for (const Target& target : targets_of_this_machine()) {
    Functions f(target);
    for (const Range& r : ranges) {
      const double worst = worst_ulp(f, r.function, r.x);
      INFO(op_name(functions[r.function]) << " on [" << r.x.front() << ", " << r.x.back() << "], " << target.name);
      CHECK(worst <= r.bound);
    }
  }
}

TEST_CASE("vector functions at special values", "[math]") {
  constexpr std::size_t exp = 0, log = 1, log1p = 2, tanh = 3, erf = 4, sigmoid = 5;
  for (const Target& target : targets_of_this_machine()) {
    Functions f(target);
    for (const double y : f.at(not_a_number)) CHECK(std::isnan(y));
    const auto at_infinity = f.at(infinity), at_minus = f.at(-infinity), at_zero = f.at(0), at_minus_zero = f.at(-0.0);
    CHECK(at_infinity == std::vector<double>{infinity, infinity, infinity, 1, 1, 1});
    CHECK(at_minus[exp] == 0);
    CHECK(std::isnan(at_minus[log]));
    CHECK(std::isnan(at_minus[log1p]));
    CHECK(at_minus[tanh] == -1);
    CHECK(at_minus[erf] == -1);
    CHECK(at_minus[sigmoid] == 0);
    CHECK(at_zero == std::vector<double>{1, -infinity, 0, 0, 0, 0.5});
    CHECK(at_minus_zero == std::vector<double>{1, -infinity, 0, 0, 0, 0.5});
    CHECK(f.at(-1)[log1p] == -infinity);
    CHECK(std::isnan(f.at(-1.5)[log1p]));
    CHECK(std::isnan(f.at(-1)[log]));
    CHECK(f.at(89)[exp] == infinity);
    CHECK(f.at(-110)[exp] == 0);
    CHECK(f.at(-100)[sigmoid] == Approx(0).margin(1e-38));
    const double smallest = 0x1p-149;
    CHECK(f.at(smallest)[log] == Approx(std::log(smallest)).epsilon(1e-6));
    CHECK(f.at(smallest)[exp] == 1);
    CHECK(f.at(smallest)[tanh] == smallest);
    CHECK(f.at(smallest)[log1p] == smallest);
  }
}

TEST_CASE("vector functions give the same bits for every target", "[math]") {
  const auto targets = targets_of_this_machine();
  std::vector<std::vector<Values>> results;
  const Values x = even(-20, 20);
  for (const Target& t : targets) results.push_back(Functions(t)(x));
  for (std::size_t t = 1; t < results.size(); ++t)
    for (std::size_t k = 0; k < std::size(functions); ++k) {
      INFO(op_name(functions[k]));
      bool same = true;
      for (std::size_t i = 0; i < x.size(); ++i) {
        const double a = results[0][k][i], b = results[t][k][i];
        same = same && (a == b || (std::isnan(a) && std::isnan(b)));
      }
      CHECK(same);
    }
}
