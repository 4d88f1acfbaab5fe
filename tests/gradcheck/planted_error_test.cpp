// Errors planted in the gradients of random recipes: each kind is found, wherever it is made, unless it changes no gradient there.
#include "gradcheck/planted_errors.hpp"
#include "gradcheck/random_recipe.hpp"
#include "ir/error.hpp"
#include "train/gradient_run.hpp"

#include <catch2/catch.hpp>
#include <ingot/runtime/train/gradcheck.hpp>

using namespace ingot::test;
using namespace ingot::runtime;

namespace {

constexpr unsigned rows = 4;

struct Recipe {
  explicit Recipe(std::uint64_t number) : seed(number), random(number), definition(random.run()) {}
  std::uint64_t seed;
  RandomRecipe random;
  DefinitionBuilder definition;
  [[nodiscard]] ingot::codegen::Graph graph() const {
    const std::vector<double> values = ingot::codegen::initial_point(definition.view());
    return ingot::codegen::build_unoptimized(definition.view(), values.data(), ingot::codegen::Entry::gradient, ingot::codegen::DType::f64);
  }
  [[nodiscard]] Dataset data(const CompiledModel& compiled) const { return random.rows_for(compiled.model(), rows, seed); }
};

/// The float64 gradients at the weights that the check starts from.
std::vector<std::vector<double>> gradients(const CompiledModel& compiled, const Recipe& recipe, Device& device) {
  ProgramSource source(compiled.model());
  ProgramRequest request;
  request.batch = rows;
  request.dtype = INGOT_F64;
  request.entries = entry_bit(INGOT_GRADIENT);
  const Point point(compiled.model());
  GradientRun run(point, source.get(point, request), device, recipe.data(compiled), {1, recipe.seed, 0});
  run.instance().initialize(recipe.seed);
  run.loss();
  std::vector<std::vector<double>> all;
  for (std::size_t v = 0; v < run.variables().size(); ++v) all.push_back(run.gradient(v));
  return all;
}

double worst_distance(const std::vector<std::vector<double>>& a, const std::vector<std::vector<double>>& b) {
  double worst = 0;
  for (std::size_t v = 0; v < a.size(); ++v) worst = std::max(worst, relative_distance(a[v], b[v]));
  return worst;
}

enum class Outcome { found, missed, harmless, impossible };

Outcome plant(const PlantedError& error, const Recipe& recipe, std::size_t nth) {
  CpuDevice device(1);
  std::optional<CompiledModel> wrong;
  try {
    wrong.emplace(recipe.definition, rows, planted(error, nth));
  } catch (const ingot::codegen::InternalError&) {
    return Outcome::impossible;  // what is left is no graph
  }
  ProgramSource source(wrong->model());
  GradcheckOptions options;
  options.seed = recipe.seed;
  options.coordinates = 12;
  const GradcheckResult result = gradcheck(source, Point(wrong->model()), device, recipe.data(*wrong), rows, options);
  if (ingot::runtime::wrong(result)) return Outcome::found;
  const CompiledModel right(recipe.definition, rows);
  return worst_distance(gradients(*wrong, recipe, device), gradients(right, recipe, device)) < 1e-5 ? Outcome::harmless : Outcome::missed;
}

/// Plants every kind until it was found `wanted` times.
void find_all(int wanted, std::uint64_t first_seed) {
  for (const PlantedError& error : planted_errors()) {
    int found = 0;
    for (std::uint64_t seed = first_seed; found < wanted && seed < first_seed + 2000; ++seed) {
      const Recipe recipe(seed);
      const std::size_t n = places(recipe.graph(), error).size();
      if (n == 0) continue;
      const Outcome outcome = plant(error, recipe, seed % n);
      INFO(error.name << ", seed " << seed);
      CHECK(outcome != Outcome::missed);
      found += outcome == Outcome::found ? 1 : 0;
    }
    INFO(error.name);
    CHECK(found == wanted);
  }
}

}  // namespace

TEST_CASE("every kind of planted error is found", "[gradcheck]") {
  CHECK(planted_errors().size() >= 20);
  find_all(1, 0);
}

TEST_CASE("every kind of planted error is found, in 12 recipes each", "[.long]") { find_all(12, 5000); }
