#include <ingot/runtime/search/space.hpp>

#include "runtime/search/spaces.hpp"

#include <catch2/catch.hpp>
#include <ingot/runtime/data/error.hpp>

#include <set>

using namespace ingot::runtime;
using spaces::Builder;

namespace {

std::vector<double> values_of(const Point& point) { return {point.values().begin(), point.values().end()}; }

}  // namespace

TEST_CASE("a space without hyper-parameters has one point") {
  Builder b;
  const Space space(b.model());
  CHECK(space.size() == 1u);
  CHECK(space.point(0).values().empty());
}

TEST_CASE("independent hyper-parameters multiply") {
  Builder b;
  b.integer("units", 32, 512, 32);
  b.choice("learning_rate", {1e-2, 1e-3, 1e-4}, INGOT_HP_CHOICE_REAL);
  b.flag("bias");
  const Space space(b.model());
  CHECK(space.size() == 16u * 3 * 2);
  CHECK(space.size_text() == "96 points");
}

TEST_CASE("conditional points are counted once, and numbers and points are inverse") {
  Builder b;
  spaces::layered(b);
  const Space space(b.model());
  REQUIRE(space.size() == spaces::layered_points);
  std::set<std::vector<double>> seen;
  for (std::uint64_t i = 0; i < *space.size(); i += 7) {
    const Point point = space.point(i);
    REQUIRE(space.index(point) == i);
    REQUIRE(seen.insert(values_of(point)).second);
    REQUIRE(values_of(space.canonical(point)) == values_of(point));
  }
}

TEST_CASE("inactive hyper-parameters hold their initial value and do not matter") {
  Builder b;
  const int drop = b.flag("drop");
  b.real("rate", 0.1, 0.5, 0.1, b.equals(drop, 1));
  const Space space(b.model());
  CHECK(space.size() == 1u + 5);
  Point off = space.initial();
  off.set("rate", "0.3");
  CHECK(space.canonical(off)[1] == 0.1);
  CHECK(space.index(off) == space.index(space.initial()));
}

TEST_CASE("a continuous hyper-parameter makes the space unlimited, unless it is fixed") {
  Builder b;
  const int drop = b.flag("drop");
  b.real("rate", 0.1, 0.5, 0, b.equals(drop, 1));
  CHECK_FALSE(Space(b.model()).size());
  CHECK(Space(b.model()).size_text() == "unlimited: rate is continuous");
  const Space space(b.model(), parse_settings(b.model(), {"rate=0.25"}));
  CHECK(space.size() == 2u);
  std::set<std::vector<double>> points{values_of(space.point(0)), values_of(space.point(1))};
  CHECK(points == std::set<std::vector<double>>{{0, 0.25}, {1, 0.25}});
}

TEST_CASE("spaces too large to number have no size") {
  Builder b;
  for (const char* name : {"a", "b", "c", "d", "e", "f", "g", "h"}) b.integer(name, 1, 1e9);
  CHECK_FALSE(Space(b.model()).size());
  CHECK(Space(b.model()).size_text() == "more points than can be numbered");
}

TEST_CASE("the last value of a stepped range is its upper end, exactly") {
  Builder b;
  b.real("rate", 0.1, 0.5, 0.1);
  b.real("open", 0.0, 1.0, 0.3);
  const Space space(b.model());
  CHECK(space.values(0) == 5u);
  CHECK(space.value(0, 4) == 0.5);
  CHECK(space.values(1) == 4u);
  CHECK(space.value(1, 3) == Approx(0.9));
  CHECK(space.value_index(0, 0.3) == 2u);
  CHECK_FALSE(space.value_index(0, 0.35));
}

TEST_CASE("quantiles cover a logarithmic range by its logarithm") {
  Builder b;
  b.real("lr", 1e-4, 1e-2, 0, -1, true);
  b.integer("n", 1, 100, 1, -1, true);
  const Space space(b.model());
  CHECK(space.quantile(0, 0) == Approx(1e-4));
  CHECK(space.quantile(0, 0.5) == Approx(1e-3));
  CHECK(space.quantile(1, 0) == 1);
  CHECK(space.quantile(1, 0.999999) == 100);
  CHECK(space.quantile(1, 0.5) == Approx(7).margin(1));
}

TEST_CASE("a space is described line by line") {
  Builder b;
  const int units = b.integer("units", 32, 512, 32);
  b.choice("act", {1, 4}, INGOT_HP_CHOICE_LABEL, b.at_least(units, 64));
  b.real("lr", 1e-4, 1e-2, 0, -1, true);
  const Space space(b.model(), parse_settings(b.model(), {"units=64"}));
  CHECK(space.lines() ==
        std::vector<std::string>{"units: fixed at 64", "act: choice of relu, gelu, when units >= 64", "lr: real 0.0001..0.01 log"});
}

TEST_CASE("wrong settings are refused in one sentence") {
  Builder b;
  b.integer("units", 32, 512, 32);
  CHECK_THROWS_AS(parse_settings(b.model(), {"unitz=64"}), UserError);
  CHECK_THROWS_AS(parse_settings(b.model(), {"units=63"}), UserError);
  CHECK_THROWS_AS(parse_settings(b.model(), {"units"}), UserError);
}
