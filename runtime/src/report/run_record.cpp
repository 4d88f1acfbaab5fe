#include "report/run_record.hpp"

#include <fmt/format.h>
#include <ingot/runtime/data/error.hpp>
#include <nlohmann/json.hpp>

#include <cmath>
#include <limits>

namespace ingot::runtime {
namespace {

using Json = nlohmann::ordered_json;
constexpr int json_version = 1;

double number(const Json& json) { return json.is_null() ? std::numeric_limits<double>::quiet_NaN() : json.get<double>(); }

Json values_json(const NamedValues& values) {
  Json json = Json::object();
  for (const auto& [name, value] : values) json[name] = value;
  return json;
}
NamedValues values_from(const Json& json) {
  NamedValues values;
  for (const auto& [name, value] : json.items()) values.emplace_back(name, number(value));
  return values;
}

Json pairs_json(const std::vector<std::pair<std::string, std::string>>& pairs) {
  Json json = Json::array();
  for (const auto& [name, text] : pairs) json.push_back({name, text});
  return json;
}
std::vector<std::pair<std::string, std::string>> pairs_from(const Json& json) {
  std::vector<std::pair<std::string, std::string>> pairs;
  for (const Json& pair : json) pairs.emplace_back(pair.at(0).get<std::string>(), pair.at(1).get<std::string>());
  return pairs;
}

/// mean, deviation, minimum, maximum, zeros, norm, and the norm of the gradient where it is known.
Json statistics_json(const TensorStatistics& s) {
  Json json = {s.mean, s.deviation, s.minimum, s.maximum, s.zeros, s.norm};
  if (s.gradient_norm) json.push_back(*s.gradient_norm);
  return json;
}
TensorStatistics statistics_from(const Json& json) {
  TensorStatistics s{number(json.at(0)), number(json.at(1)), number(json.at(2)),
                     number(json.at(3)), number(json.at(4)), number(json.at(5))};
  if (json.size() > 6) s.gradient_norm = number(json.at(6));
  return s;
}

Json epoch_json(const RunRecord::Epoch& epoch) {
  Json tensors = Json::array();
  for (const TensorStatistics& s : epoch.tensors) tensors.push_back(statistics_json(s));
  return {{"number", epoch.number},
          {"values", values_json(epoch.values)},
          {"seconds", epoch.seconds},
          {"validation_seconds", epoch.validation_seconds},
          {"samples_per_s", epoch.samples_per_s},
          {"tensors", std::move(tensors)}};
}
RunRecord::Epoch epoch_from(const Json& json, std::size_t tensors) {
  RunRecord::Epoch epoch{json.at("number").get<std::uint32_t>(), values_from(json.at("values")),   number(json.at("seconds")),
                         number(json.at("validation_seconds")),  number(json.at("samples_per_s")), {}};
  for (const Json& s : json.at("tensors")) epoch.tensors.push_back(statistics_from(s));
  if (epoch.tensors.size() != tensors) throw UserError(fmt::format("epoch {} has statistics of another number of tensors", epoch.number));
  return epoch;
}

Json confusion_json(const RunRecord::Confusion& c) { return {{"output", c.output}, {"classes", c.classes}, {"counts", c.counts}}; }
RunRecord::Confusion confusion_from(const Json& json) {
  RunRecord::Confusion c{json.at("output").get<std::string>(), json.at("classes").get<std::vector<std::string>>(),
                         json.at("counts").get<std::vector<std::vector<std::uint64_t>>>()};
  bool square = c.counts.size() == c.classes.size();
  for (const auto& row : c.counts) square = square && row.size() == c.classes.size();
  if (!square) throw UserError(fmt::format("the confusion matrix of {} is not square", c.output));
  return c;
}

RunRecord record_from(const Json& json) {
  if (json.at("version").get<int>() != json_version) throw UserError("it was written by another version");
  RunRecord r;
  r.model = json.at("model").get<std::string>();
  r.point = json.at("point").get<std::string>();
  r.recipe = pairs_from(json.at("recipe"));
  for (const Json& l : json.at("layers"))
    r.layers.push_back({l.at(0).get<std::string>(), l.at(1).get<std::string>(), l.at(2).get<std::string>(), l.at(3).get<std::uint64_t>()});
  r.tensors = pairs_from(json.at("tensors"));
  for (const Json& epoch : json.at("epochs")) r.epochs.push_back(epoch_from(epoch, r.tensors.size()));
  r.status = json.at("status").get<std::string>();
  r.reason = json.at("reason").get<std::string>();
  if (const Json& best = json.at("best_epoch"); !best.is_null()) r.best_epoch = best.get<std::uint32_t>();
  r.test = values_from(json.at("test"));
  for (const Json& c : json.at("confusions")) r.confusions.push_back(confusion_from(c));
  return r;
}

}  // namespace

std::filesystem::path run_record_path(const std::filesystem::path& out) { return out / "report.json"; }

std::string to_json(const RunRecord& r) {
  Json layers = Json::array(), epochs = Json::array(), confusions = Json::array();
  for (const RunRecord::Layer& l : r.layers) layers.push_back({l.name, l.kind, l.output, l.parameters});
  for (const RunRecord::Epoch& epoch : r.epochs) epochs.push_back(epoch_json(epoch));
  for (const RunRecord::Confusion& c : r.confusions) confusions.push_back(confusion_json(c));
  const Json json = {{"version", json_version},
                     {"model", r.model},
                     {"point", r.point},
                     {"recipe", pairs_json(r.recipe)},
                     {"layers", std::move(layers)},
                     {"tensors", pairs_json(r.tensors)},
                     {"epochs", std::move(epochs)},
                     {"status", r.status},
                     {"reason", r.reason},
                     {"best_epoch", r.best_epoch ? Json(*r.best_epoch) : Json()},
                     {"test", values_json(r.test)},
                     {"confusions", std::move(confusions)}};
  // Names may come from files in any encoding: what is not UTF-8 is replaced.
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

RunRecord run_record_from_json(const std::string& text, const std::string& file) {
  try {
    return record_from(Json::parse(text));
  } catch (const Json::exception& error) {
    throw UserError(fmt::format("{} is damaged ({}); train again to make it anew", file, error.what()));
  } catch (const UserError& error) {
    throw UserError(fmt::format("{}: {}; train again to make it anew", file, error.what()));
  }
}

}  // namespace ingot::runtime
