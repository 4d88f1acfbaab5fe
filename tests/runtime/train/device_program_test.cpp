#include "runtime/support/fake_device.hpp"

#include <catch2/catch.hpp>
#include <ingot/runtime/data/error.hpp>
#include <ingot/runtime/model/program.hpp>

#include <string>

using namespace ingot::runtime;
using Catch::Matchers::Contains;
using Catch::Matchers::StartsWith;

namespace {

ProgramSourceOptions without_codegen() {
  ProgramSourceOptions options;
  options.library = "/nowhere/libingot_codegen.so";
  return options;
}

ProgramRequest request(const char* target, std::uint32_t batch = fake::default_batch) {
  ProgramRequest r;
  r.batch = batch;
  r.target = target;
  return r;
}

}  // namespace

TEST_CASE("a device program is found by its target, and read like one of the CPU", "[program]") {
  const ingot_model& model = fake::device_model();
  ProgramSource source(model, without_codegen());
  for (const char* target : {"cuda", "cuda-emulated"}) {
    const Program program = source.get(Point(model), request(target));
    CHECK(program.ahead);
    REQUIRE(program.device == model.points[model.n_points - 1].device);
    const ingot_program& cpu = *fake::program(4, fake::tanh_act, fake::default_batch, INGOT_F32);
    CHECK(program->batch == fake::default_batch);
    CHECK(program->states == cpu.states);
    CHECK(program->state_bytes > cpu.n_states * 256 - 1);
    CHECK(std::string(program->target) == "cuda");
    const ingot_entry& train = *program.entry(INGOT_TRAIN);
    CHECK(train.n_metrics == cpu.entries[0].n_metrics);
    REQUIRE(train.n_kernels == 2);
    CHECK(std::string(train.kernels[1].name) == "fake.step");
    CHECK(train.kernels[1].phase == 1);
    CHECK(train.kernels[1].bytes == 200);
    CHECK(train.kernels[1].unfused_bytes == 400);
    CHECK(program.entry(INGOT_GRADIENT)->n_results == 5);
  }
  CHECK(source.get(Point(model), request("")).device == nullptr);
}

TEST_CASE("what was not built ahead for a device needs the compiler's library", "[program]") {
  const ingot_model& model = fake::device_model();
  ProgramSource source(model, without_codegen());
  CHECK_THROWS_WITH(source.get(Point(model), request("cuda", 16)),
                    StartsWith("batch 16 for cuda was not built ahead and needs libingot_codegen.so"));
  // A model for the CPU only, and one whose kernels are not there in emulated form.
  ProgramSource cpu_only(fake::model(), without_codegen());
  CHECK_THROWS_WITH(cpu_only.get(Point(fake::model()), request("cuda")), StartsWith("batch 8 for cuda was not built ahead"));
  ingot_device_program program = *model.points[model.n_points - 1].device;
  program.n_images = 0;
  const ingot_point point = {"cuda", nullptr, nullptr, &program};
  ingot_model bare = model;
  bare.points = &point;
  bare.n_points = 1;
  ProgramSource without_images(bare, without_codegen());
  CHECK(without_images.ahead(Point(bare), request("cuda")));
  CHECK_FALSE(without_images.ahead(Point(bare), request("cuda-emulated")));
}
