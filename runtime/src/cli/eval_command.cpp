#include <fmt/format.h>

#include "cli/json_writer.hpp"
#include "cli/progress.hpp"
#include "cli/setup.hpp"

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

}  // namespace

int eval_command(const Invocation& call) {
  ProgramSource source(call.model);
  CpuDevice device(call.options.threads);
  const TrainedModel trained = load_trained(call, source, device);
  const LoadedData data = load_data(call, load_encodings(trained.path.parent_path()).images);
  const Dataset rows = chosen_split(call, data, trained.instance->point());
  const NamedValues values = evaluate(*trained.instance, rows);
  if (call.options.json) {
    JsonWriter w;
    w.begin_object().add("split", call.options.split).add("rows", rows.rows());
    for (const auto& [name, value] : values) w.add(name, value);
    print_json(w.add("point", trained.instance->point().describe()).add("weights", trained.path.string()).end_object().text());
  } else {
    print_line(fmt::format("{} ({} rows): {}", call.options.split, grouped(static_cast<double>(rows.rows())), values_text(values)));
  }
  return exit_done;
}

}  // namespace ingot::runtime::cli
