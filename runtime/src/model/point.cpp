#include <ingot/runtime/model/point.hpp>

#include <fmt/format.h>
#include <ingot/runtime/data/error.hpp>

#include <charconv>
#include <cmath>
#include <optional>

namespace ingot::runtime {
namespace {

bool is_integer_kind(std::uint32_t kind) { return kind == INGOT_HP_INTEGER || kind == INGOT_HP_CHOICE_INT; }

std::string number_text(std::uint32_t kind, double value) {
  return is_integer_kind(kind) ? fmt::format("{:.0f}", value) : fmt::format("{}", value);
}

std::string choice_text(const ingot_hp& hp, std::uint32_t choice) {
  return hp.kind == INGOT_HP_CHOICE_LABEL ? std::string(hp.labels[choice]) : number_text(hp.kind, hp.choices[choice]);
}

std::string allowed_text(const ingot_hp& hp) {
  if (hp.kind == INGOT_HP_BOOLEAN) return "true or false";
  if (hp.n_choices > 0) {
    std::string all;
    for (std::uint32_t c = 0; c < hp.n_choices; ++c) all += (c == 0 ? "" : ", ") + choice_text(hp, c);
    return "one of " + all;
  }
  std::string range = fmt::format("{} .. {}", number_text(hp.kind, hp.low), number_text(hp.kind, hp.high));
  if (hp.step > 0 && !(hp.kind == INGOT_HP_INTEGER && hp.step == 1)) range += fmt::format(" in steps of {}", number_text(hp.kind, hp.step));
  return (is_integer_kind(hp.kind) ? "an integer from " : "a number from ") + range;
}

UserError refuse(const ingot_hp& hp, std::string_view value) {
  return UserError(fmt::format("hyper-parameter {} cannot be {}: it takes {}", hp.name, value, allowed_text(hp)));
}

std::optional<double> parse_number(std::string_view text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(value)) return std::nullopt;
  return value;
}

std::optional<double> parse_boolean(std::string_view text) {
  if (text == "true" || text == "1" || text == "on" || text == "yes") return 1.0;
  if (text == "false" || text == "0" || text == "off" || text == "no") return 0.0;
  return std::nullopt;
}

std::optional<double> parse_value(const ingot_hp& hp, std::string_view text) {
  if (hp.kind == INGOT_HP_BOOLEAN) return parse_boolean(text);
  if (hp.kind == INGOT_HP_CHOICE_LABEL) {
    for (std::uint32_t c = 0; c < hp.n_choices; ++c) {
      if (text == hp.labels[c]) return hp.choices[c];
    }
    return std::nullopt;
  }
  return parse_number(text);
}

// A value on a grid may have been written with few digits: it lies on the grid within a millionth of a step.
bool on_grid(const ingot_hp& hp, double value) {
  if (hp.kind == INGOT_HP_INTEGER && value != std::floor(value)) return false;
  if (hp.step <= 0) return true;
  const double steps = (value - hp.low) / hp.step;
  return std::abs(steps - std::round(steps)) <= 1e-6;
}

bool allowed(const ingot_hp& hp, double value) {
  if (!std::isfinite(value)) return false;
  if (hp.kind == INGOT_HP_BOOLEAN) return value == 0 || value == 1;
  if (hp.n_choices == 0) return value >= hp.low && value <= hp.high && on_grid(hp, value);
  for (std::uint32_t c = 0; c < hp.n_choices; ++c) {
    if (hp.choices[c] == value) return true;
  }
  return false;
}

}  // namespace

void check_value(const ingot_hp& hp, double value) {
  if (!allowed(hp, value)) throw refuse(hp, number_text(value == std::floor(value) ? hp.kind : std::uint32_t{INGOT_HP_REAL}, value));
}

Point::Point(const ingot_model& model) : model_(&model) {
  for (std::uint32_t i = 0; i < model.n_hps; ++i) values_.push_back(model.hps[i].initial);
}

Point::Point(const ingot_model& model, std::span<const double> values) : model_(&model), values_(values.begin(), values.end()) {
  if (values.size() != model.n_hps) {
    throw UserError(fmt::format("{} has {} hyper-parameters, but {} values were given", model.name, model.n_hps, values.size()));
  }
  for (std::size_t i = 0; i < values_.size(); ++i) {
    if (active(i)) check_value(model.hps[i], values_[i]);
  }
}

void Point::set(std::string_view assignment) {
  const std::size_t equals = assignment.find('=');
  if (equals == std::string_view::npos || equals == 0) {
    throw UserError(fmt::format("'{}' is not of the form name=value, e.g. units=96", assignment));
  }
  set(assignment.substr(0, equals), assignment.substr(equals + 1));
}

void Point::set(std::string_view name, std::string_view value) {
  const std::size_t hp = index(name);
  const std::optional<double> parsed = parse_value(model_->hps[hp], value);
  if (!parsed || !allowed(model_->hps[hp], *parsed)) throw refuse(model_->hps[hp], value.empty() ? "empty" : value);
  values_[hp] = *parsed;
}

void Point::set(std::size_t hp, double value) {
  check_value(model_->hps[hp], value);
  values_[hp] = value;
}

std::size_t Point::index(std::string_view name) const {
  std::string known;
  for (std::uint32_t i = 0; i < model_->n_hps; ++i) {
    if (name == model_->hps[i].name) return i;
    known += fmt::format("{}{}", i == 0 ? "" : ", ", model_->hps[i].name);
  }
  throw UserError(fmt::format("{} has no hyper-parameter '{}'; it has {}", model_->name, name, known.empty() ? "none" : known));
}

bool Point::guard_on(std::int32_t guard) const {
  for (; guard >= 0; guard = model_->guards[guard].parent) {
    const ingot_guard& g = model_->guards[guard];
    const double value = values_[static_cast<std::size_t>(g.hp)];
    if (g.equals < 0 ? value < g.at_least : value != g.equals) return false;
  }
  return true;
}

bool Point::active(std::size_t hp) const { return guard_on(model_->hps[hp].guard); }

std::string Point::text(std::size_t hp) const {
  const ingot_hp& row = model_->hps[hp];
  if (row.kind == INGOT_HP_BOOLEAN) return values_[hp] != 0 ? "true" : "false";
  for (std::uint32_t c = 0; c < row.n_choices; ++c) {
    if (row.choices[c] == values_[hp]) return choice_text(row, c);
  }
  return number_text(row.kind, values_[hp]);
}

std::vector<std::pair<std::string, std::string>> Point::named() const {
  std::vector<std::pair<std::string, std::string>> all;
  for (std::size_t i = 0; i < values_.size(); ++i) {
    if (active(i)) all.emplace_back(model_->hps[i].name, text(i));
  }
  return all;
}

std::string Point::describe() const {
  std::string all;
  for (const auto& [name, value] : named()) all += fmt::format("{}{}={}", all.empty() ? "" : " ", name, value);
  return all;
}

double Point::value(const ingot_num& number) const { return number.hp >= 0 ? values_[static_cast<std::size_t>(number.hp)] : number.k; }

}  // namespace ingot::runtime
