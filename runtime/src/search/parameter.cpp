// Between a point and the parameters of an Optuna trial.
#include <fmt/format.h>
#include <ingot/runtime/data/error.hpp>
#include <ingot/runtime/search/driver.hpp>
#include <nlohmann/json.hpp>

#include <cmath>
#include <cstring>

namespace ingot::runtime {
namespace {

using Json = nlohmann::ordered_json;

Json choices(const ingot_hp& hp) {
  Json list = Json::array();
  if (hp.kind == INGOT_HP_BOOLEAN) return {false, true};
  for (std::uint32_t j = 0; j < hp.n_choices; ++j) {
    if (hp.kind == INGOT_HP_CHOICE_LABEL)
      list.push_back(hp.labels[j]);
    else if (hp.kind == INGOT_HP_CHOICE_INT)
      list.push_back(static_cast<std::int64_t>(hp.choices[j]));
    else
      list.push_back(hp.choices[j]);
  }
  return list;
}

bool categorical(const ingot_hp& hp) { return hp.kind != INGOT_HP_INTEGER && hp.kind != INGOT_HP_REAL; }

// Optuna wants the upper end on the grid of the step, and no step other than 1 beside a logarithm.
Json range(const ingot_hp& hp) {
  const bool integer = hp.kind == INGOT_HP_INTEGER;
  const double step = integer ? std::max(hp.step, 1.0) : hp.step;
  const double high = step > 0 ? hp.low + std::floor((hp.high - hp.low) / step + 1e-9) * step : hp.high;
  const double exact_high = std::abs(high - hp.high) < 1e-9 * std::max(1.0, std::abs(hp.high)) ? hp.high : high;
  const bool log = hp.log != 0 && step <= (integer ? 1 : 0) && hp.low > 0;
  Json attributes;
  if (integer)
    attributes = {{"log", log},
                  {"step", static_cast<std::int64_t>(step)},
                  {"low", static_cast<std::int64_t>(hp.low)},
                  {"high", static_cast<std::int64_t>(exact_high)}};
  else
    attributes = {{"step", step > 0 ? Json(step) : Json(nullptr)}, {"low", hp.low}, {"high", exact_high}, {"log", log}};
  return {{"name", integer ? "IntDistribution" : "FloatDistribution"}, {"attributes", attributes}};
}

std::string distribution(const ingot_hp& hp) {
  const Json json = categorical(hp) ? Json{{"name", "CategoricalDistribution"}, {"attributes", {{"choices", choices(hp)}}}} : range(hp);
  return json.dump(-1, ' ', true);
}

double internal_value(const ingot_hp& hp, double value) {
  if (hp.kind == INGOT_HP_BOOLEAN || !categorical(hp)) return value;
  std::uint32_t j = 0;
  while (j + 1 < hp.n_choices && hp.choices[j] != value) ++j;
  return j;
}

double external_value(const ingot_hp& hp, const Trial& trial, double internal) {
  if (hp.kind == INGOT_HP_BOOLEAN || !categorical(hp)) return internal;
  if (!(internal >= 0) || internal >= hp.n_choices)
    throw UserError(
        fmt::format("trial {} of the study has choice {} of {}, which this model does not have", trial.number, internal, hp.name));
  return hp.choices[static_cast<std::size_t>(internal)];
}

}  // namespace

std::vector<TrialParameter> trial_parameters(const Space& space, const Point& point) {
  std::vector<TrialParameter> result;
  for (std::size_t i = 0; i < space.count(); ++i)
    if (point.active(i)) result.push_back({space.hp(i).name, distribution(space.hp(i)), internal_value(space.hp(i), point[i])});
  return result;
}

Point trial_point(const Space& space, const Trial& trial) {
  Point point = space.initial();
  for (const TrialParameter& parameter : trial.parameters) {
    const std::size_t i = point.index(parameter.name);
    point.set(i, external_value(space.hp(i), trial, parameter.value));
  }
  return point;
}

}  // namespace ingot::runtime
