#include "search/facts.hpp"

#include <fmt/format.h>
#include <ingot/runtime/data/error.hpp>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace ingot::runtime {
namespace {

using Json = nlohmann::json;

constexpr const char* space_key = "ingot:space";
constexpr const char* facts_key = "ingot:options";

Json attribute(const Study& study, const char* key) {
  const auto attributes = study.attributes();
  const auto found = attributes.find(key);
  if (found == attributes.end())
    throw UserError(fmt::format("the study {} was not made by a model of Ingot; use another --out", study.path()));
  Json json = Json::parse(found->second, nullptr, false);
  if (json.is_discarded())
    throw UserError(fmt::format("the study {} has a damaged attribute {}; start anew with --overwrite", study.path(), key));
  return json;
}

constexpr const char* advice = "undo the change, or start anew with --overwrite";

}  // namespace

std::map<std::string, std::string> all_facts(const SearchPlan& plan) {
  std::map<std::string, std::string> facts = plan.facts;
  facts["objective"] = (plan.maximize ? "maximize " : "minimize ") + plan.objective;
  facts["seed"] = std::to_string(plan.seed);
  facts["executions"] = std::to_string(plan.executions);
  return facts;
}

void record_facts(Study& study, const Space& space, const std::map<std::string, std::string>& facts) {
  study.set_attributes({{space_key, Json(space.lines()).dump(-1, ' ', true)}, {facts_key, Json(facts).dump(-1, ' ', true)}});
}

std::map<std::string, std::string> study_facts(const Study& study) {
  if (study.attributes().empty()) return {};
  const Json json = attribute(study, facts_key);
  std::map<std::string, std::string> facts;
  for (const auto& [key, value] : json.items())
    if (value.is_string()) facts[key] = value.get<std::string>();
  return facts;
}

void check_facts(const Study& study, const std::map<std::string, std::string>& facts) {
  const auto before = study_facts(study);
  for (const auto& [name, text] : facts) {
    const auto old = before.find(name);
    const std::string was = old == before.end() ? "none" : old->second;
    if (was != text)
      throw UserError(fmt::format("the study {} was made with {} {}, now it is {}; {}", study.path(), name, was, text, advice));
  }
}

void check_space(const Space& space, const Study& study) {
  const Json json = attribute(study, space_key);
  std::vector<std::string> before;
  for (const Json& line : json)
    if (line.is_string()) before.push_back(line.get<std::string>());
  const std::vector<std::string> now = space.lines();
  if (before == now) return;
  const auto lacks = [](const std::vector<std::string>& lines, const std::string& line) {
    return std::find(lines.begin(), lines.end(), line) == lines.end();
  };
  std::string gone, added;
  for (const std::string& line : before)
    if (lacks(now, line)) gone += (gone.empty() ? "'" : ", '") + line + "'";
  for (const std::string& line : now)
    if (lacks(before, line)) added += (added.empty() ? "'" : ", '") + line + "'";
  throw UserError(fmt::format("the space has changed: the study {} has {}, the model has {}; {}", study.path(),
                              gone.empty() ? "less" : gone, added.empty() ? "less" : added, advice));
}

}  // namespace ingot::runtime
