#include "cli/json_writer.hpp"

#include <catch2/catch.hpp>

#include <limits>

using ingot::runtime::cli::JsonWriter;

TEST_CASE("one object, in the order of the calls") {
  JsonWriter w;
  w.begin_object()
      .add("a", 1)
      .add("b", true)
      .add("c", "text")
      .begin_array("d")
      .add({}, 0.1)
      .begin_object()
      .add("e", std::uint64_t{1} << 63);
  w.end_object().end_array().null("f").add("g", std::optional<double>()).add("h", std::optional<double>(2.5)).end_object();
  CHECK(w.text() == R"({"a": 1, "b": true, "c": "text", "d": [0.1, {"e": 9223372036854775808}], "f": null, "g": null, "h": 2.5})");
}

TEST_CASE("texts are escaped, numbers that JSON lacks are null") {
  JsonWriter w;
  w.begin_object().add("quote \"\\", "line\nend\x01").add("nan", std::numeric_limits<double>::quiet_NaN());
  w.add("inf", std::numeric_limits<double>::infinity()).add("third", 1.0 / 3).end_object();
  CHECK(w.text() == R"({"quote \"\\": "line\u000aend\u0001", "nan": null, "inf": null, "third": 0.3333333333333333})");
}
