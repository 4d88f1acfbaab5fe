#include "runtime/support/fake_model.hpp"

#include <catch2/catch.hpp>
#include <ingot/runtime/data/error.hpp>
#include <ingot/runtime/model/program.hpp>

using namespace ingot::runtime;
using Catch::Matchers::Contains;

namespace {

ProgramRequest request(std::uint32_t batch, std::uint32_t dtype = INGOT_F32) {
  ProgramRequest r;
  r.batch = batch;
  r.dtype = dtype;
  return r;
}

ProgramSourceOptions with_fake_codegen() {
  ProgramSourceOptions options;
  options.library = FAKE_CODEGEN;
  return options;
}

ProgramSourceOptions without_codegen() {
  ProgramSourceOptions options;
  options.library = "/nowhere/libingot_codegen.so";
  return options;
}

}  // namespace

TEST_CASE("the initial point at the recipe's batch was built ahead", "[program]") {
  ProgramSource source(fake::model(), without_codegen());
  const Program program = source.get(Point(fake::model()), request(fake::default_batch));
  CHECK(program.ahead);
  CHECK(program->batch == fake::default_batch);
  CHECK(program.entry(INGOT_GRADIENT) != nullptr);
  CHECK(source.get(Point(fake::model()), request(fake::default_batch, INGOT_F64))->dtype == INGOT_F64);
}

TEST_CASE("values that are no part of the structure need no other program", "[program]") {
  ProgramSource source(fake::model(), without_codegen());
  Point point(fake::model());
  point.set("learning_rate=0.1");
  point.set("drop=true");
  CHECK(source.ahead(point, request(fake::default_batch)));
}

TEST_CASE("a larger program will do where the batch may differ", "[program]") {
  ProgramSource source(fake::model(), without_codegen());
  ProgramRequest small = request(3);
  CHECK_FALSE(source.ahead(Point(fake::model()), small));
  small.exact_batch = false;
  CHECK(source.get(Point(fake::model()), small)->batch == fake::default_batch);
}

TEST_CASE("without the library one sentence names it and what needed it", "[program]") {
  ProgramSource source(fake::model(), without_codegen());
  Point point(fake::model());
  point.set("units=8");
  CHECK_THROWS_AS(source.get(point, request(8)), UserError);
  CHECK_THROWS_WITH(source.get(point, request(8)), Contains("units=8, batch 8 was not built ahead") && Contains("libingot_codegen.so"));
  CHECK_THROWS_WITH(source.get(Point(fake::model()), request(16)), Contains("batch 16 was not built ahead") && !Contains("\n"));
}

TEST_CASE("other points are compiled once and kept", "[program]") {
  ProgramSource source(fake::model(), with_fake_codegen());
  Point point(fake::model());
  point.set("units=8");
  const Program first = source.get(point, request(16));
  CHECK_FALSE(first.ahead);
  CHECK(first.compile_ms == 1.5);
  CHECK(first->batch == 16);
  CHECK(source.get(point, request(16)).owner == first.owner);
  point.set("learning_rate=0.1");
  CHECK(source.get(point, request(16)).owner == first.owner);
  CHECK(source.get(point, request(8)).owner != first.owner);
  point.set("act=relu");
  CHECK(source.get(point, request(16)).owner != first.owner);
}

TEST_CASE("what the compiler refuses is reported as it says", "[program]") {
  ProgramSource source(fake::model(), with_fake_codegen());
  CHECK_THROWS_WITH(source.get(Point(fake::model()), request(64)), "layer hidden cannot be lowered for this batch");
}

TEST_CASE("a model of another interface version is refused", "[program]") {
  ingot_model other = fake::model();
  other.abi_version = 99;
  CHECK_THROWS_WITH(ProgramSource(other), Contains("version 99"));
}
