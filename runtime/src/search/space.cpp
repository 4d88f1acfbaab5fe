#include <ingot/runtime/search/space.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace ingot::runtime {
namespace {

bool is_choice(const ingot_hp& hp) { return hp.kind >= INGOT_HP_CHOICE_INT; }

// Values on a grid lie on it up to rounding of low + j * step.
constexpr double grid_slack = 1e-9;

std::string domain_text(const ingot_hp& hp, const Point& point, std::size_t i) {
  const auto text = [&](double value) {
    Point at = point;
    at.set(i, value);
    return at.text(i);
  };
  if (hp.kind == INGOT_HP_BOOLEAN) return "flag";
  if (is_choice(hp)) {
    std::string list = "choice of ";
    for (std::uint32_t j = 0; j < hp.n_choices; ++j) list += (j ? ", " : "") + text(hp.choices[j]);
    return list;
  }
  std::string range = fmt::format("{}{}..{}", hp.kind == INGOT_HP_REAL ? "real " : "", hp.low, hp.high);
  if (hp.step > 0 && (hp.kind == INGOT_HP_REAL || hp.step != 1)) range += fmt::format(" step {}", hp.step);
  if (hp.log) range += " log";
  return range;
}

std::string guard_text(const ingot_model& model, std::int32_t guard) {
  std::string text;
  for (; guard >= 0; guard = model.guards[guard].parent) {
    const ingot_guard& g = model.guards[guard];
    const char* name = model.hps[g.hp].name;
    if (!text.empty()) text += " and ";
    text += g.equals < 0 ? fmt::format("{} >= {}", name, g.at_least) : fmt::format("{} == {}", name, g.equals);
  }
  return text;
}

}  // namespace

Space::Space(const ingot_model& model, FixedValues fixed) : model_(&model), fixed_(std::move(fixed)) {
  fixed_.resize(model.n_hps);
  find_components();
}

std::vector<double> Space::initial_values() const {
  std::vector<double> values(count());
  for (std::size_t i = 0; i < count(); ++i) values[i] = fixed_[i].value_or(hp(i).initial);
  return values;
}

Point Space::initial() const { return {*model_, initial_values()}; }

Point Space::canonical(const Point& point) const {
  Point result = point;
  const std::vector<double> initial = initial_values();
  for (std::size_t i = 0; i < count(); ++i)
    if (!point.active(i)) result.set(i, initial[i]);
  return result;
}

std::uint64_t Space::values(std::size_t i) const {
  const ingot_hp& h = hp(i);
  if (fixed_[i]) return 1;
  if (is_choice(h)) return h.n_choices;
  if (h.kind == INGOT_HP_BOOLEAN) return 2;
  const double step = h.kind == INGOT_HP_INTEGER ? std::max(h.step, 1.0) : h.step;
  if (step <= 0) return h.low == h.high ? 1 : 0;
  return static_cast<std::uint64_t>(std::floor((h.high - h.low) / step + grid_slack)) + 1;
}

double Space::value(std::size_t i, std::uint64_t j) const {
  const ingot_hp& h = hp(i);
  if (fixed_[i]) return *fixed_[i];
  if (is_choice(h)) return h.choices[j];
  if (h.kind == INGOT_HP_BOOLEAN) return static_cast<double>(j);
  const double step = h.kind == INGOT_HP_INTEGER ? std::max(h.step, 1.0) : h.step;
  const double x = h.low + static_cast<double>(j) * step;
  return std::abs(x - h.high) < grid_slack * step ? h.high : x;
}

std::optional<std::uint64_t> Space::value_index(std::size_t i, double wanted) const {
  const ingot_hp& h = hp(i);
  const std::uint64_t n = values(i);
  if (n == 0) return std::nullopt;
  std::uint64_t j = 0;
  if (is_choice(h) && !fixed_[i])
    while (j < n && h.choices[j] != wanted) ++j;
  else if (h.step > 0 && n > 1)
    j = static_cast<std::uint64_t>(std::max(0.0, std::round((wanted - h.low) / h.step)));
  else if (n > 1)
    j = static_cast<std::uint64_t>(std::max(0.0, std::round(wanted - value(i, 0))));
  if (j >= n || std::abs(value(i, j) - wanted) > grid_slack * std::max(1.0, std::abs(wanted))) return std::nullopt;
  return j;
}

double Space::quantile(std::size_t i, double u) const {
  const ingot_hp& h = hp(i);
  const std::uint64_t n = values(i);
  if (n == 0) {
    const double x = h.log ? std::exp(std::log(h.low) + u * (std::log(h.high) - std::log(h.low))) : h.low + u * (h.high - h.low);
    return std::clamp(x, h.low, h.high);
  }
  if (!h.log || n == 1 || is_choice(h)) return value(i, std::min(n - 1, static_cast<std::uint64_t>(u * static_cast<double>(n))));
  // A grid sampled in the logarithm: every value owns half a step on both sides, as in Optuna.
  const double half = (value(i, 1) - value(i, 0)) / 2;
  const double low = std::log(std::max(h.low - half, h.low / 2)), high = std::log(h.high + half);
  const double x = std::exp(low + u * (high - low));
  const double j = std::round((x - h.low) / (2 * half));
  return value(i, static_cast<std::uint64_t>(std::clamp(j, 0.0, static_cast<double>(n - 1))));
}

std::vector<std::string> Space::lines() const {
  std::vector<std::string> result;
  const Point point = initial();
  for (std::size_t i = 0; i < count(); ++i) {
    std::string line = fmt::format("{}: {}", hp(i).name, fixed_[i] ? "fixed at " + point.text(i) : domain_text(hp(i), point, i));
    if (hp(i).guard >= 0) line += ", when " + guard_text(*model_, hp(i).guard);
    result.push_back(std::move(line));
  }
  return result;
}

std::string Space::size_text() const {
  if (size_) return fmt::format("{} point{}", *size_, *size_ == 1 ? "" : "s");
  for (std::size_t i = 0; i < count(); ++i)
    if (values(i) == 0) return fmt::format("unlimited: {} is continuous", hp(i).name);
  return "more points than can be numbered";
}

FixedValues parse_settings(const ingot_model& model, const std::vector<std::string>& settings) {
  FixedValues fixed(model.n_hps);
  Point point(model);
  for (const std::string& setting : settings) {
    point.set(setting);
    const std::size_t i = point.index(setting.substr(0, setting.find('=')));
    fixed[i] = point[i];
  }
  return fixed;
}

}  // namespace ingot::runtime
