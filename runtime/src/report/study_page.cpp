#include "report/study_page.hpp"

#include "report/html.hpp"

#include <fmt/format.h>
#include <ingot/runtime/report/line_plot.hpp>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <cmath>

namespace ingot::runtime {
namespace {

constexpr const char* trial_color = "#1f77b4";
constexpr std::array best_colors = {"#d62728", "#ff7f0e", "#2ca02c", "#9467bd", "#8c564b"};  // of the curves of the best trials

const char* state_name(TrialState state) {
  switch (state) {
    case TrialState::complete:
      return "complete";
    case TrialState::running:
      return "running";
    case TrialState::pruned:
      return "pruned";
    case TrialState::fail:
      return "failed";
    case TrialState::waiting:
      break;
  }
  return "waiting";
}

/// Why a trial failed: a JSON text in the study.
std::string failure(const Trial& trial) {
  const auto found = trial.attributes.find("fail_reason");
  if (found == trial.attributes.end()) return {};
  const nlohmann::json json = nlohmann::json::parse(found->second, nullptr, false);
  return json.is_string() ? json.get<std::string>() : std::string();
}

/// Complete trials first, the best at the top; then the others in the order of their numbers.
std::vector<Trial> ranked(const Study& study) {
  std::vector<Trial> trials = study.trials();
  const bool maximize = study.maximize();
  const auto known = [](const Trial& t) { return t.state == TrialState::complete && t.value && !std::isnan(*t.value); };
  std::stable_sort(trials.begin(), trials.end(), [&](const Trial& a, const Trial& b) {
    if (known(a) != known(b)) return known(a);
    return known(a) && (maximize ? *a.value > *b.value : *a.value < *b.value);
  });
  return trials;
}

std::string values_plot(const std::vector<Trial>& trials, const std::string& objective, bool maximize) {
  Curve all{"trial", trial_color, {}, true}, best{"best so far", "#d62728", {}};
  std::vector<std::pair<double, double>> points;
  for (const Trial& trial : trials)
    if (trial.value) points.emplace_back(trial.number, *trial.value);
  std::sort(points.begin(), points.end());
  for (const auto& [number, value] : points) {
    all.points.emplace_back(number, value);
    const double before = best.points.empty() ? value : best.points.back().second;
    best.points.emplace_back(number, maximize ? std::max(before, value) : std::min(before, value));
  }
  return line_plot_svg({objective + " of every trial", "trial", "", {all, best}, std::nullopt, AxisScale::linear});
}

std::string epochs_plot(const std::vector<Trial>& trials, const std::string& objective) {
  LinePlot plot{objective + " over the epochs, the best trials", "epoch", "", {}, std::nullopt, AxisScale::linear};
  for (std::size_t i = 0; i < std::min(trials.size(), best_colors.size()); ++i) {
    Curve curve{fmt::format("trial {}", trials[i].number), best_colors[i], {}};
    for (const auto& [epoch, value] : trials[i].intermediate) curve.points.emplace_back(epoch, value);
    plot.curves.push_back(std::move(curve));
  }
  return line_plot_svg(plot);
}

/// The objective over one hyper-parameter; choices of words and flags at the number of the choice.
std::string parameter_plot(const Space& space, std::size_t hp, const std::vector<Trial>& trials, const std::string& objective) {
  const ingot_hp& row = space.hp(hp);
  Curve curve{"", trial_color, {}, true};
  for (const Trial& trial : trials) {
    if (!trial.value) continue;
    const Point point = trial_point(space, trial);
    if (point.active(hp)) curve.points.emplace_back(point[hp], *trial.value);
  }
  const bool spread = row.log != 0 || (row.kind == INGOT_HP_CHOICE_REAL && row.n_choices > 0 && row.choices[0] > 0);
  return line_plot_svg({fmt::format("{} over {}", objective, row.name),
                        row.name,
                        "",
                        {curve},
                        std::nullopt,
                        spread ? AxisScale::logarithmic : AxisScale::linear});
}

std::string table(const Space& space, const std::vector<Trial>& trials, const std::string& objective) {
  std::vector<std::string> header = {"trial", "state", objective, "best epoch"};
  for (std::size_t hp = 0; hp < space.count(); ++hp) header.emplace_back(space.hp(hp).name);
  header.emplace_back("note");
  std::vector<std::vector<HtmlCell>> rows;
  for (const Trial& trial : trials) {
    const std::uint32_t epoch = best_epoch(trial);
    rows.push_back({std::to_string(trial.number), state_name(trial.state), trial.value ? fmt::format("{:.6g}", *trial.value) : "",
                    epoch > 0 ? std::to_string(epoch) : ""});
    const Point point = trial_point(space, trial);
    for (std::size_t hp = 0; hp < space.count(); ++hp) rows.back().emplace_back(point.active(hp) ? point.text(hp) : "");
    rows.back().emplace_back(failure(trial));
  }
  return html_table(header, rows);
}

}  // namespace

std::string study_page(const Space& space, const Study& study, const std::string& objective) {
  const std::vector<Trial> trials = ranked(study);
  std::string body = html_paragraph(fmt::format("{} trials; the space has {}; {} is {}.", trials.size(), space.size_text(), objective,
                                                study.maximize() ? "maximized" : "minimized"));
  body += html_heading("Values") + "<div class=\"plots\">\n" + values_plot(trials, objective, study.maximize()) +
          epochs_plot(trials, objective);
  for (std::size_t hp = 0; hp < space.count(); ++hp) body += parameter_plot(space, hp, trials, objective);
  body += "</div>\n" + html_heading("Trials") + table(space, trials, objective);
  return html_page("Search", body);
}

}  // namespace ingot::runtime
