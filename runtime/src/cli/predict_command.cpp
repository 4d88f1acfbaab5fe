#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <ingot/runtime/data/atomic_file.hpp>

#include "cli/json_writer.hpp"
#include "cli/setup.hpp"

namespace ingot::runtime::cli {
namespace {

namespace fs = std::filesystem;

/// The scores of one output, as the user reads them.
struct Output {
  const char* name = "";
  std::uint32_t classes = 0;  // of the manifest: 1 binary, 0 values
  std::size_t width = 0;      // numbers per row
  std::vector<float> values;  // probabilities, or values
  std::vector<std::string> class_names;

  [[nodiscard]] bool classifies() const { return (classes > 1 && width == classes) || (classes == 1 && width == 1); }
  [[nodiscard]] std::span<const float> row(std::size_t r) const { return {values.data() + r * width, width}; }
  /// One probability per class.
  [[nodiscard]] std::vector<float> probabilities(std::size_t r) const {
    const auto p = row(r);
    if (classes == 1 && width == 1) return {1 - p[0], p[0]};
    return {p.begin(), p.end()};
  }
};

std::size_t most_probable(const std::vector<float>& probabilities) {
  return static_cast<std::size_t>(std::max_element(probabilities.begin(), probabilities.end()) - probabilities.begin());
}

std::vector<Output> run(const Invocation& call, Instance& instance, const Dataset& rows, const CsvEncoder* encoder) {
  const auto raw = predict(instance, rows);
  std::vector<Output> outputs;
  for (std::uint32_t i = 0; i < call.model.n_outputs; ++i) {
    Output o{call.model.outputs[i].name, call.model.classes[i], call.model.outputs[i].elements, {}, {}};
    o.values.resize(raw[i].size() / sizeof(float));
    std::memcpy(o.values.data(), raw[i].data(), raw[i].size());
    to_probabilities(call.model, i, o.values);
    if (encoder && i < encoder->targets().size()) o.class_names = encoder->targets()[i].classes;
    outputs.push_back(std::move(o));
  }
  return outputs;
}

void add_row(JsonWriter& w, const Output& o, std::size_t r) {
  const bool classifies = o.classifies();
  const auto numbers = classifies ? o.probabilities(r) : std::vector<float>(o.row(r).begin(), o.row(r).end());
  if (classifies) {
    const std::size_t c = most_probable(numbers);
    w.add("class", c);
    if (c < o.class_names.size()) w.add("label", o.class_names[c]);
  }
  w.begin_array(o.classes > 0 ? "probabilities" : "values");
  for (const float x : numbers) w.raw({}, fmt::format("{}", x));
  w.end_array();
}

std::string json(const std::vector<Output>& outputs, std::size_t rows, const std::string& file) {
  JsonWriter w;
  w.begin_object().add("file", file).add("rows", rows).begin_array("predictions");
  for (std::size_t r = 0; r < rows; ++r) {
    w.begin_object();
    for (const Output& o : outputs) {
      if (outputs.size() > 1) w.begin_object(o.name);
      add_row(w, o, r);
      if (outputs.size() > 1) w.end_object();
    }
    w.end_object();
  }
  return w.end_array().end_object().text();
}

std::string header(const std::vector<Output>& outputs) {
  std::string line = "row";
  for (const Output& o : outputs) {
    const std::string prefix = outputs.size() > 1 ? std::string(o.name) + "." : "";
    const std::size_t n = o.classifies() ? std::max<std::size_t>(2, o.width) : o.width;
    if (o.classifies()) line += "," + prefix + "class";
    for (std::size_t k = 0; k < n; ++k) line += fmt::format(",{}{}{}", prefix, o.classes > 0 ? "p" : "value", k);
  }
  return line;
}

// CSV; class names that need quotes get them.
std::string class_cell(const Output& o, std::size_t c) {
  if (c >= o.class_names.size()) return std::to_string(c);
  if (o.class_names[c].find_first_of(",\"\r\n") == std::string::npos) return o.class_names[c];
  std::string quoted = "\"";
  for (const char x : o.class_names[c]) quoted += x == '"' ? std::string("\"\"") : std::string(1, x);
  return quoted + '"';
}

std::string line(const std::vector<Output>& outputs, std::size_t r) {
  std::string text = std::to_string(r);
  for (const Output& o : outputs) {
    const bool classifies = o.classifies();
    const auto numbers = classifies ? o.probabilities(r) : std::vector<float>(o.row(r).begin(), o.row(r).end());
    if (classifies) text += "," + class_cell(o, most_probable(numbers));
    for (const float x : numbers) text += fmt::format(",{}", x);
  }
  return text;
}

}  // namespace

int predict_command(const Invocation& call) {
  ProgramSource source(call.model);
  CpuDevice device(call.options.threads);
  const TrainedModel trained = load_trained(call, source, device);
  std::optional<CsvEncoder> encoder;
  const fs::path columns = encoder_path(trained.path.parent_path());
  if (fs::exists(columns)) encoder = CsvEncoder::from_json(read_whole_file(columns));
  const Dataset rows = load_inputs(call.options.file, model_ports(call.model), encoder ? &*encoder : nullptr);
  const auto outputs = run(call, *trained.instance, rows, encoder ? &*encoder : nullptr);
  if (call.options.json) {
    print_json(json(outputs, rows.rows(), call.options.file));
    return exit_done;
  }
  print_line(header(outputs));
  std::string block;
  for (std::size_t r = 0; r < rows.rows(); ++r) block += (r ? "\n" : "") + line(outputs, r);
  if (rows.rows() > 0) print_line(block);
  return exit_done;
}

}  // namespace ingot::runtime::cli
