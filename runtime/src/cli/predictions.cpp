#include "cli/predictions.hpp"

#include "cli/json_writer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <numeric>

namespace ingot::runtime::cli {
namespace {

std::size_t most_probable(const std::vector<float>& probabilities) {
  return static_cast<std::size_t>(std::max_element(probabilities.begin(), probabilities.end()) - probabilities.begin());
}

// The `top` most probable classes, equal ones by their number.
std::vector<std::size_t> ranked(const std::vector<float>& probabilities, std::size_t top) {
  std::vector<std::size_t> classes(probabilities.size());
  std::iota(classes.begin(), classes.end(), std::size_t{0});
  std::stable_sort(classes.begin(), classes.end(), [&](std::size_t a, std::size_t b) { return probabilities[a] > probabilities[b]; });
  classes.resize(std::min(top, classes.size()));
  return classes;
}

void add_row(JsonWriter& w, const Output& o, std::size_t r, std::optional<std::uint32_t> top) {
  const auto numbers = o.numbers(r);
  if (o.classifies()) {
    const std::size_t c = most_probable(numbers);
    w.add("class", c);
    if (c < o.class_names.size()) w.add("label", o.class_names[c]);
  }
  w.begin_array(o.classes > 0 ? "probabilities" : "values");
  for (const float x : numbers) w.raw({}, fmt::format("{}", x));
  w.end_array();
  if (!top || !o.classifies()) return;
  w.begin_array("top");
  for (const std::size_t c : ranked(numbers, *top)) {
    w.begin_object().add("class", c);
    if (c < o.class_names.size()) w.add("label", o.class_names[c]);
    w.raw("probability", fmt::format("{}", numbers[c])).end_object();
  }
  w.end_array();
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
  std::string text = o.class_text(c);
  if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
  std::string quoted = "\"";
  for (const char x : text) quoted += x == '"' ? std::string("\"\"") : std::string(1, x);
  return quoted + '"';
}

std::string table_line(const std::vector<Output>& outputs, std::size_t r) {
  std::string text = std::to_string(r);
  for (const Output& o : outputs) {
    const auto numbers = o.numbers(r);
    if (o.classifies()) text += "," + class_cell(o, most_probable(numbers));
    for (const float x : numbers) text += fmt::format(",{}", x);
  }
  return text;
}

std::string ranking(const Output& o, std::size_t r, std::size_t top) {
  const auto numbers = o.numbers(r);
  if (!o.classifies()) return fmt::format("{}", fmt::join(numbers, ", "));
  std::string text;
  for (const std::size_t c : ranked(numbers, top))
    text += fmt::format("{}{} {:.4f}", text.empty() ? "" : ", ", o.class_text(c), numbers[c]);
  return text;
}

}  // namespace

std::vector<float> Output::numbers(std::size_t row) const {
  const float* at = values.data() + row * width;
  if (classes == 1 && width == 1) return {1 - *at, *at};
  return {at, at + width};
}

std::string Output::class_text(std::size_t c) const { return c < class_names.size() ? class_names[c] : std::to_string(c); }

Predictions predictions_of(const ingot_model& model, Instance& instance, const Dataset& rows, const Encodings& encodings) {
  const auto raw = predict(instance, rows);
  Predictions predictions;
  predictions.rows = rows.rows();
  for (std::uint32_t i = 0; i < model.n_outputs; ++i) {
    Output o{model.outputs[i].name, model.classes[i], model.outputs[i].elements, {}, encodings.class_names(i)};
    o.values.resize(raw[i].size() / sizeof(float));
    std::memcpy(o.values.data(), raw[i].data(), raw[i].size());
    to_probabilities(model, i, o.values);
    predictions.outputs.push_back(std::move(o));
  }
  return predictions;
}

std::string table_text(const Predictions& predictions) {
  std::string text = header(predictions.outputs);
  for (std::size_t r = 0; r < predictions.rows; ++r) text += "\n" + table_line(predictions.outputs, r);
  return text;
}

std::string ranking_text(const Predictions& predictions, std::size_t top) {
  std::string text;
  for (std::size_t r = 0; r < predictions.rows; ++r) {
    text += (r == 0 ? "" : "\n") + (predictions.files.empty() ? std::to_string(r) : predictions.files[r]) + ":";
    for (const Output& o : predictions.outputs) {
      if (predictions.outputs.size() > 1) text += fmt::format("{}{}:", &o == &predictions.outputs.front() ? " " : "; ", o.name);
      text += " " + ranking(o, r, top);
    }
  }
  return text;
}

std::string json_text(const Predictions& predictions, const std::string& file, std::optional<std::uint32_t> top) {
  JsonWriter w;
  w.begin_object().add("file", file).add("rows", predictions.rows).begin_array("predictions");
  for (std::size_t r = 0; r < predictions.rows; ++r) {
    w.begin_object();
    if (!predictions.files.empty()) w.add("file", predictions.files[r]);
    for (const Output& o : predictions.outputs) {
      if (predictions.outputs.size() > 1) w.begin_object(o.name);
      add_row(w, o, r, top);
      if (predictions.outputs.size() > 1) w.end_object();
    }
    w.end_object();
  }
  return w.end_array().end_object().text();
}

}  // namespace ingot::runtime::cli
