#include <ingot/runtime/model/point.hpp>

#include "runtime/support/fake_model.hpp"

#include <catch2/catch.hpp>
#include <ingot/runtime/data/error.hpp>

#include <vector>

using namespace ingot::runtime;
using Catch::Matchers::Contains;

TEST_CASE("a point starts at the values of the program built ahead", "[point]") {
  const Point point(fake::model());
  CHECK(point.describe() == "units=4 learning_rate=0.01 act=tanh drop=false");
  CHECK(point.value({3.5, -1, 0}) == 3.5);
  CHECK(point.value({0, 1, 0}) == 0.01);
}

TEST_CASE("values are set by text", "[point]") {
  Point point(fake::model());
  point.set("units=8");
  point.set("learning_rate=1e-3");
  point.set("act", "relu");
  point.set("drop=on");
  point.set("rate=0.3");
  CHECK(point.describe() == "units=8 learning_rate=0.001 act=relu drop=true rate=0.3");
  CHECK(point[2] == 1);
  CHECK(point.active(4));
  point.set("drop=0");
  CHECK_FALSE(point.active(4));
}

TEST_CASE("what a hyper-parameter cannot be is refused with what it can be", "[point]") {
  Point point(fake::model());
  CHECK_THROWS_WITH(point.set("units=5"), "hyper-parameter units cannot be 5: it takes an integer from 2 .. 8 in steps of 2");
  CHECK_THROWS_WITH(point.set("units=10"), Contains("cannot be 10"));
  CHECK_THROWS_WITH(point.set("units=four"), Contains("cannot be four"));
  CHECK_THROWS_WITH(point.set("units=4x"), Contains("cannot be 4x"));
  CHECK_THROWS_WITH(point.set("units="), Contains("cannot be empty"));
  CHECK_THROWS_WITH(point.set("learning_rate=0.5"), Contains("one of 0.1, 0.01, 0.001"));
  CHECK_THROWS_WITH(point.set("act=gelu"), Contains("one of tanh, relu"));
  CHECK_THROWS_WITH(point.set("drop=maybe"), Contains("true or false"));
  CHECK_THROWS_WITH(point.set("rate=nan"), Contains("a number from 0.1 .. 0.5"));
  CHECK_THROWS_WITH(point.set("unitz=5"), "fake has no hyper-parameter 'unitz'; it has units, learning_rate, act, drop, rate");
  CHECK_THROWS_WITH(point.set("units"), Contains("name=value"));
  CHECK(point == Point(fake::model()));
}

TEST_CASE("a point from numbers is checked", "[point]") {
  const std::vector<double> good = {2, 0.1, 1, 1, 0.5};
  CHECK(Point(fake::model(), good).describe() == "units=2 learning_rate=0.1 act=relu drop=true rate=0.5");
  std::vector<double> bad = good;
  bad[0] = 3;
  CHECK_THROWS_AS(Point(fake::model(), bad), UserError);
  CHECK_THROWS_WITH(Point(fake::model(), std::vector<double>{1}), Contains("5 hyper-parameters, but 1 values"));
  std::vector<double> inactive = good;
  inactive[3] = 0;
  inactive[4] = 77;  // does not exist at this point
  CHECK_NOTHROW(Point(fake::model(), inactive));
}
