#include "cli/json_writer.hpp"
#include "cli/progress.hpp"
#include "cli/setup.hpp"
#include "report/confusions.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace ingot::runtime::cli {
namespace {

Dataset chosen_split(const Invocation& call, const LoadedData& data, const Point& point) {
  const std::string& split = call.options.split;
  if (split == "test") {
    if (data.test.rows() == 0) throw UserError("the data has no test part; use --split train or validation");
    return data.test;
  }
  TrainData parts = training_parts(data, chosen_validation(call, point));
  if (split == "train") return parts.train;
  if (parts.validation.rows() == 0) throw UserError("there are no validation rows; say how many with --validation");
  return parts.validation;
}

std::vector<RunRecord::Confusion> confusions(Instance& instance, const Dataset& rows) {
  std::vector<RunRecord::Confusion> all = measure_confusions(instance, rows);
  if (all.empty())
    throw UserError(fmt::format("no output of {} decides for a class; leave out --confusion", instance.point().model().name));
  return all;
}

void add_confusions(JsonWriter& w, const std::vector<RunRecord::Confusion>& all) {
  w.begin_array("confusion");
  for (const RunRecord::Confusion& c : all) {
    w.begin_object().add("output", c.output).begin_array("classes");
    for (const std::string& name : c.classes) w.add({}, std::string_view(name));
    w.end_array().begin_array("counts");
    for (const std::vector<std::uint64_t>& row : c.counts) {
      w.begin_array();
      for (const std::uint64_t count : row) w.add({}, count);
      w.end_array();
    }
    w.end_array().end_object();
  }
  w.end_array();
}

void print_confusion(const RunRecord::Confusion& c) {
  print_line(fmt::format("confusion of {}: a row for each class of the targets, a column for each decision", c.output));
  std::size_t width = 6;
  for (const std::string& name : c.classes) width = std::max(width, name.size() + 1);
  std::string header(width, ' ');
  for (const std::string& name : c.classes) header += fmt::format(" {:>{}}", name, width);
  print_line(header);
  for (std::size_t actual = 0; actual < c.counts.size(); ++actual) {
    std::string line = fmt::format("{:>{}}", c.classes[actual], width);
    for (const std::uint64_t count : c.counts[actual]) line += fmt::format(" {:>{}}", count, width);
    print_line(line);
  }
}

}  // namespace

int eval_command(const Invocation& call) {
  ProgramSource source(call.model);
  const std::unique_ptr<Device> device = open_device(call);
  const TrainedModel trained = load_trained(call, source, *device);
  const LoadedData data = load_data(call, load_encodings(trained.path.parent_path()).images);
  const Dataset rows = chosen_split(call, data, trained.instance->point());
  const NamedValues values = evaluate(*trained.instance, rows);
  std::vector<RunRecord::Confusion> confused;
  if (call.options.confusion) confused = confusions(*trained.instance, rows);
  if (call.options.json) {
    JsonWriter w;
    w.begin_object().add("split", call.options.split).add("rows", rows.rows());
    for (const auto& [name, value] : values) w.add(name, value);
    if (!confused.empty()) add_confusions(w, confused);
    print_json(w.add("point", trained.instance->point().describe()).add("weights", trained.path.string()).end_object().text());
  } else {
    print_line(fmt::format("{} ({} rows): {}", call.options.split, grouped(static_cast<double>(rows.rows())), values_text(values)));
    for (const RunRecord::Confusion& c : confused) print_confusion(c);
  }
  return exit_done;
}

}  // namespace ingot::runtime::cli
