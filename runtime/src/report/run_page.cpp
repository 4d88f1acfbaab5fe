#include "report/run_page.hpp"

#include "report/confusion_picture.hpp"
#include "report/html.hpp"

#include <fmt/format.h>
#include <ingot/runtime/report/line_plot.hpp>
#include <ingot/runtime/train/loops.hpp>

#include <cmath>
#include <set>

namespace ingot::runtime {
namespace {

constexpr const char *train_color = "#1f77b4", *validation_color = "#ff7f0e";

std::string number_text(double value) { return fmt::format("{:.6g}", value); }

/// Names of the figures of all epochs, in the order they appear; those of the validation part under their own.
std::vector<std::string> figures(const RunRecord& r) {
  std::vector<std::string> names;
  std::set<std::string> seen;
  for (const RunRecord::Epoch& epoch : r.epochs)
    for (const auto& [name, value] : epoch.values) {
      const std::string own = name.starts_with("val_") ? name.substr(4) : name;
      if (seen.insert(own).second) names.push_back(own);
    }
  return names;
}

Curve curve_of(const RunRecord& r, const std::string& name, const char* label, const char* color) {
  Curve curve{label, color, {}};
  for (const RunRecord::Epoch& epoch : r.epochs)
    if (const double* value = find_value(epoch.values, name)) curve.points.emplace_back(epoch.number, *value);
  return curve;
}

std::string plots(const RunRecord& r) {
  std::string out = "<div class=\"plots\">\n";
  for (const std::string& name : figures(r)) {
    LinePlot plot{name, "epoch", "", {}, std::nullopt, AxisScale::linear};
    for (Curve& curve :
         std::vector<Curve>{curve_of(r, name, "train", train_color), curve_of(r, "val_" + name, "validation", validation_color)})
      if (!curve.points.empty()) plot.curves.push_back(std::move(curve));
    if (r.best_epoch) {
      plot.mark = *r.best_epoch;
      plot.mark_text = fmt::format("best: {}", *r.best_epoch);
      for (const auto& point : plot.curves.back().points)
        if (point.first == *r.best_epoch) plot.marked.push_back(point);
    }
    out += line_plot_svg(plot);
  }
  return out + "</div>\n";
}

std::string outcome(const RunRecord& r) {
  std::vector<std::vector<HtmlCell>> rows = {{"status", r.status}};
  if (!r.reason.empty()) rows.push_back({"why it ended", r.reason});
  rows.push_back({"epochs", std::to_string(r.epochs.empty() ? 0 : r.epochs.back().number)});
  if (r.best_epoch) rows.push_back({"best epoch", std::to_string(*r.best_epoch)});
  double seconds = 0;
  for (const RunRecord::Epoch& epoch : r.epochs) seconds += epoch.seconds + epoch.validation_seconds;
  rows.push_back({"time of the epochs below", fmt::format("{:.1f} s", seconds)});
  if (!r.epochs.empty())
    for (const auto& [name, value] : r.epochs.back().values) rows.push_back({"last " + name, number_text(value)});
  for (const auto& [name, value] : r.test) rows.push_back({"test " + name, number_text(value)});
  return html_table({}, rows);
}

std::string pairs_table(const std::vector<std::pair<std::string, std::string>>& pairs) {
  std::vector<std::vector<HtmlCell>> rows;
  for (const auto& [name, text] : pairs) rows.push_back({name, text});
  return html_table({}, rows);
}

std::string layers(const RunRecord& r) {
  std::vector<std::vector<HtmlCell>> rows;
  for (const RunRecord::Layer& l : r.layers) rows.push_back({l.name, l.kind, l.output, std::to_string(l.parameters)});
  return html_table({"layer", "kind", "output", "parameters"}, rows);
}

std::string epochs(const RunRecord& r) {
  std::vector<std::string> header = {"epoch", "seconds", "validation s", "samples/s"};
  std::vector<std::vector<HtmlCell>> rows;
  if (!r.epochs.empty())
    for (const auto& [name, value] : r.epochs.back().values) header.push_back(name);
  for (const RunRecord::Epoch& epoch : r.epochs) {
    rows.push_back({std::to_string(epoch.number) + (r.best_epoch == epoch.number ? " (best)" : ""), fmt::format("{:.3f}", epoch.seconds),
                    fmt::format("{:.3f}", epoch.validation_seconds), fmt::format("{:.0f}", epoch.samples_per_s)});
    for (std::size_t k = 4; k < header.size(); ++k) {
      const double* value = find_value(epoch.values, header[k]);
      rows.back().emplace_back(value != nullptr ? number_text(*value) : "");
    }
  }
  return html_table(header, rows);
}

/// The last value and the course over the epochs.
HtmlCell course(const RunRecord& r, std::size_t tensor, double (*of)(const TensorStatistics&)) {
  std::vector<double> values;
  for (const RunRecord::Epoch& epoch : r.epochs) values.push_back(of(epoch.tensors[tensor]));
  return HtmlCell::markup(fmt::format("{:.4g} {}", values.back(), sparkline_svg(values)));
}

std::string statistics(const RunRecord& r) {
  const bool gradients = !r.tensors.empty() && r.epochs.back().tensors.front().gradient_norm.has_value();
  std::vector<std::string> header = {"tensor", "shape", "mean", "deviation", "min", "max", "share of zeros", "norm"};
  if (gradients) header.emplace_back("gradient norm");
  std::vector<std::vector<HtmlCell>> rows;
  for (std::size_t t = 0; t < r.tensors.size(); ++t) {
    rows.push_back({r.tensors[t].first, r.tensors[t].second, course(r, t, [](const TensorStatistics& s) { return s.mean; }),
                    course(r, t, [](const TensorStatistics& s) { return s.deviation; }),
                    course(r, t, [](const TensorStatistics& s) { return s.minimum; }),
                    course(r, t, [](const TensorStatistics& s) { return s.maximum; }),
                    course(r, t, [](const TensorStatistics& s) { return s.zeros; }),
                    course(r, t, [](const TensorStatistics& s) { return s.norm; })});
    if (gradients) rows.back().push_back(course(r, t, [](const TensorStatistics& s) { return s.gradient_norm.value_or(std::nan("")); }));
  }
  return html_paragraph("The number after the last epoch, and its course over the epochs from its lowest to its highest value.") +
         html_table(header, rows);
}

}  // namespace

std::string run_page(const RunRecord& r) {
  std::string body = outcome(r);
  if (!r.epochs.empty()) body += html_heading("Learning curves") + plots(r);
  for (const RunRecord::Confusion& c : r.confusions)
    body += html_heading("Confusion matrix of " + c.output + " on the validation part") + confusion_svg(c);
  body += html_heading("Recipe") + pairs_table(r.recipe) + html_heading("Layers") + layers(r);
  if (!r.epochs.empty())
    body +=
        html_heading("Epochs") + epochs(r) + html_heading("Weights" + std::string(r.point.empty() ? "" : " at ") + r.point) + statistics(r);
  return html_page("Training of " + r.model, body);
}

}  // namespace ingot::runtime
