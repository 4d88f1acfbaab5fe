#include <ingot/runtime/train/gradcheck.hpp>

#include <fmt/format.h>

#include <ingot/runtime/train/interrupt.hpp>

#include "cli/json_writer.hpp"
#include "cli/random_rows.hpp"
#include "cli/setup.hpp"

namespace ingot::runtime::cli {
namespace {

constexpr std::uint32_t default_rows = 6;

std::string json(const GradcheckResult& result, const Point& point) {
  JsonWriter w;
  w.begin_object().add("passed", result.passed).add("worst_relative_error", result.worst_relative_error);
  w.add("problem", result.problem).add("point", point.describe()).begin_array("tensors");
  for (const TensorCheck& t : result.tensors) {
    w.begin_object().add("name", t.name).add("elements", t.elements).add("passed", t.passed).add("verdict", t.verdict);
    w.add("checked", t.checked).add("skipped", t.skipped).add("relative_error", t.relative_error);
    w.add("direction_error", t.direction_error).add("direction_skipped", t.direction_skipped);
    w.add("worst_error", t.worst_error).add("worst_index", t.worst_index);
    w.add("worst_analytic", t.worst_analytic).add("worst_numeric", t.worst_numeric);
    w.add("f32_error", t.f32_error).add("f32_tolerance", t.f32_tolerance).end_object();
  }
  return w.end_array().end_object().text();
}

void print_table(const GradcheckResult& result) {
  print_line(fmt::format("{:<28} {:>10} {:>7} {:>7} {:>10} {:>10} {:>10} {:>10}  {}", "tensor", "elements", "checked", "skipped",
                         "f64 error", "direction", "f32 error", "allowed", "verdict"));
  for (const TensorCheck& t : result.tensors)
    print_line(fmt::format("{:<28} {:>10} {:>7} {:>7} {:>10.2e} {:>10.2e} {:>10.2e} {:>10.2e}  {}", t.name, t.elements, t.checked,
                           t.skipped, t.relative_error, t.direction_error, t.f32_error, t.f32_tolerance, t.verdict));
  if (!result.problem.empty()) print_line(result.problem);
  print_line(fmt::format("{}, worst relative error {:.2e}", result.passed ? "passed" : "failed", result.worst_relative_error));
}

}  // namespace

int gradcheck_command(const Invocation& call) {
  const InterruptGuard guard;
  const Point point = chosen_point(call);
  const std::uint32_t batch = call.options.batch.value_or(default_rows);
  GradcheckOptions options;
  options.seed = call.options.seed.value_or(0);
  options.coordinates = call.options.coordinates;
  options.burn_in_steps = call.options.burn_in;
  options.stop = InterruptGuard::flag();
  const Dataset rows = call.options.data.empty() ? random_rows(call.model, batch, options.seed) : load_data(call).train;
  ProgramSource source(call.model);
  const std::unique_ptr<Device> device = open_device(call);
  const GradcheckResult result = gradcheck(source, point, *device, rows, batch, options);
  if (call.options.json)
    print_json(json(result, point));
  else
    print_table(result);
  if (result.interrupted) return exit_interrupted;
  return result.passed ? exit_done : exit_failure;
}

}  // namespace ingot::runtime::cli
