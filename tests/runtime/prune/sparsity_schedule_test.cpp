// Sparsity over a run: the formula of Zhu and Gupta, and when weights are chosen.
#include <ingot/runtime/prune/sparsity_schedule.hpp>

#include "runtime/support/fake_model.hpp"

#include <catch2/catch.hpp>
#include <ingot/runtime/data/error.hpp>

using namespace ingot::runtime;
using Catch::Matchers::Contains;

namespace {

PruneOptions polynomial(double first, double last, TrainingLength begin, TrainingLength end, TrainingLength frequency) {
  PruneOptions o;
  o.gradual = true;
  o.first = first;
  o.last = last;
  o.begin = begin;
  o.end = end;
  o.frequency = frequency;
  return o;
}

/// The updates behind which weights are chosen, with the shares.
std::vector<std::pair<std::uint64_t, double>> choices(const SparsitySchedule& s, std::uint64_t updates) {
  std::vector<std::pair<std::uint64_t, double>> all;
  for (std::uint64_t u = 0; u <= updates; ++u)
    if (const auto share = s.due(u)) all.emplace_back(u, *share);
  return all;
}

}  // namespace

TEST_CASE("a constant sparsity is chosen once", "[prune]") {
  PruneOptions o;
  o.last = 0.5;
  CHECK(choices(SparsitySchedule(o, {100, 3}), 300) == std::vector<std::pair<std::uint64_t, double>>{{0, 0.5}});
  o.begin = {1, true};
  const SparsitySchedule later(o, {100, 3});
  CHECK(choices(later, 300) == std::vector<std::pair<std::uint64_t, double>>{{100, 0.5}});
  CHECK((!later.complete(99) && later.complete(100) && !later.spans_run()));
}

TEST_CASE("a polynomial sparsity has the values of tensorflow_model_optimization.sparsity.keras.PolynomialDecay", "[prune]") {
  // PolynomialDecay(0.5, 0.875, 0, 1000, power=3, frequency=250): s + (i - s) (1 - p)^3, exact in binary
  const SparsitySchedule s(polynomial(0.5, 0.875, {}, {1000}, {250}), {100, 20});
  CHECK(choices(s, 2000) ==
        std::vector<std::pair<std::uint64_t, double>>{{0, 0.5}, {250, 0.716796875}, {500, 0.828125}, {750, 0.869140625}, {1000, 0.875}});
  PruneOptions linear = polynomial(0.25, 0.75, {}, {4}, {1});
  linear.power = 1;
  CHECK(choices(SparsitySchedule(linear, {100, 20}), 9) ==
        std::vector<std::pair<std::uint64_t, double>>{{0, 0.25}, {1, 0.375}, {2, 0.5}, {3, 0.625}, {4, 0.75}});
}

TEST_CASE("the first choice is made at the beginning and the last at the end, whatever the frequency", "[prune]") {
  const auto got = choices(SparsitySchedule(polynomial(0, 0.8, {10}, {35}, {10}), {100, 1}), 100);
  REQUIRE(got.size() == 4);
  CHECK((got[0].first == 10 && got[1].first == 20 && got[2].first == 30 && got[3].first == 35));
  CHECK((got[0].second == 0 && got[3].second == 0.8));
}

TEST_CASE("lengths are updates or epochs, and the end is that of the run unless it is given", "[prune]") {
  const SparsitySchedule s(polynomial(0, 0.5, {0.5, true}, {}, {1, true}), {4, 3});
  const auto got = choices(s, 12);
  REQUIRE(got.size() == 4);
  CHECK((got[0].first == 2 && got[1].first == 6 && got[2].first == 10 && got[3].first == 12 && got[3].second == 0.5));
  CHECK((s.spans_run() && !s.complete(11) && s.complete(12)));
}

TEST_CASE("pruning that ends before it begins is refused", "[prune]") {
  CHECK_THROWS_WITH(SparsitySchedule(polynomial(0, 0.5, {50}, {20}, {1}), {4, 3}),
                    Contains("pruning would end behind update 20 and begin behind update 50"));
}

TEST_CASE("a recipe's pruning is read at the point", "[prune]") {
  ingot_model model = fake::model();
  CHECK(!declared_pruning(Point(model)));
  ingot_prune& p = model.recipe.craft.prune;
  p.form = INGOT_PRUNE_BLOCK;
  p.schedule = INGOT_PRUNE_POLYNOMIAL;
  p.scope = INGOT_PRUNE_GLOBAL;
  p.pool = INGOT_PRUNE_MAX;
  p.rows = 16;
  p.columns = 8;
  p.final = {0.75, -1, 0};
  p.power = {3, -1, 0};
  p.begin = {{2, -1, 0}, INGOT_EPOCHS, 0};
  p.frequency = {{50, -1, 0}, INGOT_UPDATES, 0};
  const auto o = declared_pruning(Point(model));
  REQUIRE(o);
  CHECK((o->pattern.form == PruneForm::block && o->pattern.rows == 16 && o->pattern.columns == 8 && o->pattern.by_largest &&
         o->pattern.global && o->gradual && o->last == 0.75 && o->begin.epochs && o->begin.n == 2 && o->frequency.n == 50));
}
