#include "cli/json_writer.hpp"
#include "cli/random_rows.hpp"
#include "cli/setup.hpp"

#include <fmt/format.h>
#include <ingot/runtime/train/gradcheck.hpp>
#include <ingot/runtime/train/interrupt.hpp>
#include <ingot/runtime/train/sanity.hpp>

#include <algorithm>
#include <optional>

namespace ingot::runtime::cli {
namespace {

constexpr std::uint32_t default_rows = 6;

void add_sanity(JsonWriter& w, const SanityResult& sanity) {
  w.begin_object("sanity").add("guessing", sanity.guessing).add("zero_loss", sanity.zero_loss).add("first_loss", sanity.first_loss);
  w.add("last_loss", sanity.last_loss).add("steps", sanity.steps).begin_array("updates");
  for (const auto& [name, ratio] : sanity.updates) w.begin_object().add("name", name).add("ratio", ratio).end_object();
  w.end_array().begin_array("problems");
  for (const std::string& problem : sanity.problems) w.add("", problem);
  w.end_array().end_object();
}

void print_sanity(const SanityResult& sanity) {
  if (sanity.guessing)
    print_line(fmt::format("\nweights of 0: loss {:.4f}, that of guessing is {:.4f}", sanity.zero_loss, *sanity.guessing));
  print_line(fmt::format("a few rows by heart: loss {:.4f}, {:.4f} after {} steps", sanity.first_loss, sanity.last_loss, sanity.steps));
  for (const auto& [name, ratio] : sanity.updates) print_line(fmt::format("  {:<26} |update| / |weight| {:.1e}", name, ratio));
  for (const std::string& problem : sanity.problems) print_line("failed: " + problem);
}

std::string json(const GradcheckResult& result, const std::optional<SanityResult>& sanity, const Point& point) {
  JsonWriter w;
  w.begin_object().add("passed", result.passed).add("worst_relative_error", result.worst_relative_error).add("loss", result.loss);
  w.add("problem", result.problem).add("point", point.describe()).begin_array("notes");
  for (const std::string& text : result.notes) w.add("", text);
  w.end_array().begin_array("tensors");
  for (const TensorCheck& t : result.tensors) {
    w.begin_object().add("name", t.name).add("elements", t.elements).add("passed", t.passed).add("verdict", t.verdict);
    w.add("checked", t.checked).add("skipped", t.skipped).add("rough", t.rough).add("relative_error", t.relative_error);
    w.add("directions", t.directions).add("direction_error", t.direction_error);
    w.add("worst_error", t.worst_error).add("worst_index", t.worst_index).add("worst_position", t.worst_position);
    w.add("worst_analytic", t.worst_analytic).add("worst_numeric", t.worst_numeric);
    w.add("f32_error", t.f32_error).add("f32_tolerance", t.f32_tolerance).add("f32_kink", t.f32_kink);
    w.add("f32_beyond_kink", t.f32_beyond_kink).end_object();
  }
  w.end_array();
  if (sanity) add_sanity(w, *sanity);
  return w.end_object().text();
}

std::string worst_element(const TensorCheck& t) {
  if (t.checked == 0) return "-";
  return fmt::format("{} {:.4e} for {:.4e}", t.worst_position, t.worst_analytic, t.worst_numeric);
}

void print_table(const GradcheckResult& result) {
  if (!result.problem.empty()) {
    print_line("failed: " + result.problem);
    return;
  }
  const auto row = [](auto&&... cells) { print_line(fmt::format("{:<28} {:>16} {:>6} {:>10} {:>10} {:>10} {:>10}  {:<40} {}", cells...)); };
  const auto number = [](double x) { return fmt::format("{:.2e}", x); };
  row("tensor", "checked", "kinks", "f64 error", "direction", "f32 error", "allowed", "worst element, for differences", "verdict");
  for (const TensorCheck& t : result.tensors)
    row(t.name, fmt::format("{} of {}", t.checked, t.elements), t.skipped, t.checked > 0 ? number(t.relative_error) : "-",
        t.directions > 0 ? number(t.direction_error) : "-", number(t.f32_error), number(t.f32_tolerance), worst_element(t), t.verdict);
  for (const std::string& text : result.notes) print_line(text);
  print_line(fmt::format("loss {:.6g}; a direction sees all elements of its tensor at once", result.loss));
  print_line(fmt::format("{}, worst relative error {:.2e}", result.passed ? "passed" : "failed", result.worst_relative_error));
}

/// The rows that --rows or --batch-index name; empty: the first ones.
std::vector<std::uint32_t> named_rows(const Options& o, std::uint32_t batch, std::uint64_t available) {
  std::vector<std::uint32_t> rows = o.rows;
  if (!o.batch_index) return rows;
  const std::uint64_t first = std::uint64_t{*o.batch_index} * batch;
  if (first >= available)
    throw UsageError(fmt::format("--batch-index {}: with --batch {} the {} rows end before it; give 0 to {}", *o.batch_index, batch,
                                 available, (available - 1) / batch));
  for (std::uint64_t row = first; row < std::min(first + batch, available); ++row) rows.push_back(static_cast<std::uint32_t>(row));
  return rows;
}

}  // namespace

int gradcheck_command(const Invocation& call) {
  const InterruptGuard guard;
  const bool trained = !call.options.weights.empty();
  const Point point = trained ? trained_point(call, weights_path(call)) : chosen_point(call);
  const std::uint32_t batch = call.options.batch.value_or(default_rows);
  GradcheckOptions options;
  options.seed = call.options.seed.value_or(0);
  options.coordinates = call.options.coordinates;
  options.burn_in_steps = call.options.burn_in;
  options.fast = call.options.fast;
  if (trained) options.weights = weights_path(call);
  options.stop = InterruptGuard::flag();
  const bool chosen = call.options.batch_index || !call.options.rows.empty();
  if (chosen && call.options.data.empty() && !call.defaults.data_dir)
    throw UsageError("--batch-index and --rows choose among rows of data; name it with --data");
  const bool made_up = call.options.data.empty() && !chosen && !call.options.sanity;
  const Dataset rows = made_up ? random_rows(call.model, batch, options.seed) : load_data(call).train;
  options.rows = named_rows(call.options, batch, rows.rows());
  ProgramSource source(call.model);
  const std::unique_ptr<Device> device = open_device(call);
  const GradcheckResult result = gradcheck(source, point, *device, rows, batch, options);
  std::optional<SanityResult> sanity;
  if (call.options.sanity && !result.interrupted)
    sanity = check_sanity(source, point, *device, rows, {.seed = options.seed, .stop = options.stop});
  if (call.options.json) {
    print_json(json(result, sanity, point));
  } else {
    print_table(result);
    if (sanity) print_sanity(*sanity);
  }
  if (result.interrupted || (sanity && sanity->interrupted)) return exit_interrupted;
  return result.passed && (!sanity || sanity->problems.empty()) ? exit_done : exit_failure;
}

}  // namespace ingot::runtime::cli
