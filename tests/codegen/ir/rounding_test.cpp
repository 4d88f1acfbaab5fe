// Rounding to the types of 16 bits, against the values of IEEE 754 and against a search among all numbers of the type.
#include "ir/rounding.hpp"

#include "codegen/support/graph_text.hpp"
#include "ir/interpret.hpp"

#include <catch2/catch.hpp>

#include <bit>
#include <cmath>
#include <limits>
#include <random>

using namespace ingot::codegen;
using namespace ingot::test;

namespace {

const double infinity = std::numeric_limits<double>::infinity();

/// All finite numbers of the type from 0 up, in order: their bits are consecutive.
std::vector<double> numbers(DType t) {
  std::vector<double> all;
  for (std::uint32_t bits = 0; bits < (t == DType::f16 ? 0x7c00u : 0x7f80u); ++bits) {
    if (t == DType::bf16) {
      all.push_back(std::bit_cast<float>(bits << 16));
      continue;
    }
    const int exponent = static_cast<int>(bits >> 10);
    const double digits = static_cast<double>(bits & 1023);
    all.push_back(exponent == 0 ? std::ldexp(digits, -24) : std::ldexp(1024 + digits, exponent - 25));
  }
  return all;
}

}  // namespace

TEST_CASE("every number of the type stays, and halfway points go to the even neighbour", "[rounding]") {
  for (const DType t : {DType::f16, DType::bf16}) {
    const std::vector<double> all = numbers(t);
    for (std::size_t i = 0; i + 1 < all.size(); ++i) {
      const double low = all[i], high = all[i + 1], middle = (low + high) / 2;
      REQUIRE(round_to(t, low) == low);
      REQUIRE(round_to(t, middle) == (i % 2 == 0 ? low : high));
      REQUIRE(round_to(t, -std::nextafter(middle, infinity)) == -high);
      REQUIRE(round_to(t, std::nextafter(middle, 0)) == low);
    }
  }
}

TEST_CASE("beyond the largest number is infinity, and NaN stays", "[rounding]") {
  CHECK(round_to(DType::f16, 65519.99) == 65504);
  CHECK(round_to(DType::f16, 65520) == infinity);
  CHECK(round_to(DType::f16, -1e9) == -infinity);
  CHECK(round_to(DType::bf16, 0x1.feffp127) == 0x1.fep127);
  CHECK(round_to(DType::bf16, 0x1.ffp127) == infinity);
  CHECK(std::isnan(round_to(DType::bf16, std::numeric_limits<double>::quiet_NaN())));
  CHECK(std::signbit(round_to(DType::f16, -0.0)));
  CHECK(round_to(DType::f32, 0.1) == 0.1);
}

TEST_CASE("the interpreter rounds values of 16 bits, and sums products of them unrounded", "[rounding][interpret]") {
  const Graph g = graph_of(
      "%0 = input : f64[B,4]\n"
      "%1 = cast %0 : bf16[B,4]\n"
      "%2 = add %1 %1 : bf16[B,4]\n"
      "%3 = state index=1 : f64[1,4]\n"
      "%4 = cast %3 : bf16[1,4]\n"
      "%5 = matmul %2 %4 transpose_b : f32[B,1]\n"
      "%6 = cast %2 : f64[B,4]\n"
      "result 0 %5 \"sum\"\n"
      "result 1 %6 \"rounded\"\n");
  InterpreterInputs in;
  in.inputs = {{1.001, 3.14159, -100.3, 1e-3}};
  in.targets = {{}, {}};
  in.states = {Values(12), {1, 1, 1, 1}};
  in.scalars = Values(4);
  const InterpreterOutputs out = interpret(g, in);
  CHECK(out.results[1] == Values{2, 6.28125, -201, round_to(DType::bf16, 1e-3) * 2});
  CHECK(out.results[0][0] == 2 + 6.28125 - 201 + round_to(DType::bf16, 1e-3) * 2);
}
