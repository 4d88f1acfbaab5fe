// The gradient check on random recipes, compiled as every program is: none is a false alarm.
#include "gradcheck/random_recipe.hpp"

#include "gradcheck/compiled_model.hpp"
#include "ir/print.hpp"

#include <catch2/catch.hpp>
#include <ingot/runtime/train/gradcheck.hpp>

using namespace ingot::test;
using namespace ingot::runtime;

namespace {

constexpr unsigned rows = 4;

void passes(std::uint64_t seed) {
  RandomRecipe recipe(seed);
  const DefinitionBuilder definition = recipe.run();
  const CompiledModel compiled(definition, rows);
  ProgramSource source(compiled.model());
  CpuDevice device(1);
  GradcheckOptions options;
  options.seed = seed;
  options.coordinates = 12;
  const Dataset data = recipe.rows_for(compiled.model(), rows, seed);
  const GradcheckResult result = gradcheck(source, Point(compiled.model()), device, data, rows, options);
  INFO("seed " << seed << ": " << failure(result) << "\n"
               << ingot::codegen::print(ingot::codegen::build_unoptimized(definition.view(), nullptr, ingot::codegen::Entry::evaluate,
                                                                          ingot::codegen::DType::f64)));
  CHECK_FALSE(wrong(result));  // a bias of few elements may have nothing but kinks: neither right nor wrong
  options.fast = true;
  CHECK_FALSE(wrong(gradcheck(source, Point(compiled.model()), device, data, rows, options)));
}

}  // namespace

TEST_CASE("random recipes pass", "[gradcheck]") {
  for (std::uint64_t seed = 0; seed < 60; ++seed) passes(seed);
}

TEST_CASE("300 random recipes pass", "[.long]") {
  for (std::uint64_t seed = 0; seed < 300; ++seed) passes(1000 + seed);
}
