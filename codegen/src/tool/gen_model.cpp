#include "tool/gen_model.hpp"

#include "host/header.hpp"
#include "host/manifest_source.hpp"
#include "host/model_tables.hpp"
#include "host/output_file.hpp"
#include "ir/error.hpp"
#include "llvm/compile.hpp"
#include "tool/gen_device.hpp"

#include <ingot/dsl/infer.hpp>

#include <cmath>

namespace ingot::codegen {

unsigned recipe_batch(const definition_view& d, const std::vector<double>& values) {
  const double batch = eval(d.recipe->batch, values.data());
  if (!(batch >= 1 && batch <= 1 << 20) || batch != std::floor(batch))
    throw UserError(std::string(d.name) + ": batch is " + std::to_string(batch) + ", want a whole number of rows from 1 to 1048576");
  return static_cast<unsigned>(batch);
}

namespace {

ProgramPlan plan_ahead(const definition_view& d, const std::vector<double>& values, DType dtype, const std::string& target) {
  const std::vector<Entry> entries = dtype == DType::f32 ? std::vector{Entry::train, Entry::evaluate, Entry::predict, Entry::gradient}
                                                         : std::vector{Entry::gradient, Entry::evaluate};
  return plan_program(d, values.data(), recipe_batch(d, values), dtype, entries, make_target(target));
}

}  // namespace

void generate_model(const definition_view& d, std::string_view symbol, const std::vector<std::string>& targets,
                    const std::filesystem::path& out) {
  const std::vector<double> values = initial_point(d);
  const std::vector<shape> shapes = shapes_at(d, values);  // a declaration that bypassed the proof stops here, with a sentence
  std::filesystem::create_directories(out);
  Graph graph;
  const auto build = [&](DType dtype, const std::string& target) {
    const ProgramPlan plan = plan_ahead(d, values, dtype, target);
    const std::string prefix = program_prefix(symbol, target, abi_dtype(dtype));
    write_output(out / (prefix + ".o"), compile_ahead(plan, prefix));
    if (dtype == DType::f32) graph = plan.graph();
    return std::make_shared<const ProgramTables>(plan);
  };
  std::vector<PointTables> points;
  for (const std::string& target : targets)
    if (!names_device(target)) points.push_back({target, build(DType::f32, target), build(DType::f64, target), nullptr});
  if (points.empty())
    throw UserError(std::string(d.name) + ": the cuda target goes beside one for the processor; add x86-64-v3 to the targets");
  for (const std::string& target : targets)
    if (names_device(target)) points.push_back(device_point(d, values, target, symbol, out));
  const ModelTables tables(d, graph, std::move(points));
  write_output(out / (std::string(symbol) + "_manifest.cpp"), manifest_source(tables.model(), symbol));
  write_output(out / (std::string(symbol) + ".hpp"), model_header(tables.model(), symbol));
}

}  // namespace ingot::codegen
