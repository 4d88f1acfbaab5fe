#include "cli/progress.hpp"

#include <catch2/catch.hpp>

using namespace ingot::runtime::cli;

TEST_CASE("durations") {
  CHECK(duration_text(0) == "0:00");
  CHECK(duration_text(59.6) == "1:00");
  CHECK(duration_text(754) == "12:34");
  CHECK(duration_text(3723) == "1:02:03");
  CHECK(duration_text(-1) == "0:00");
}

TEST_CASE("numbers in groups of three") {
  CHECK(grouped(0) == "0");
  CHECK(grouped(999) == "999");
  CHECK(grouped(1000) == "1,000");
  CHECK(grouped(1234567.4) == "1,234,567");
  CHECK(grouped(-1234) == "-1,234");
  CHECK(grouped(-123) == "-123");
}

TEST_CASE("bars") {
  CHECK(bar_text(0, 4) == "[>   ]");
  CHECK(bar_text(0.5, 4) == "[==> ]");
  CHECK(bar_text(1, 4) == "[====]");
  CHECK(bar_text(7, 4) == "[====]");
}
