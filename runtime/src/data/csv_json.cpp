// The JSON form of a CsvEncoder.
#include <fmt/format.h>
#include <ingot/runtime/data/csv_encoder.hpp>
#include <ingot/runtime/data/error.hpp>
#include <nlohmann/json.hpp>

namespace ingot::runtime {
namespace {

using Json = nlohmann::ordered_json;
constexpr int json_version = 1;

}  // namespace

std::size_t CsvEncoder::width() const {
  std::size_t width = 0;
  for (const Column& column : columns_) width += column.width();
  return width;
}

std::vector<std::string> CsvEncoder::feature_names() const {
  std::vector<std::string> names;
  for (const Column& column : columns_) {
    for (const std::string& category : column.categories) names.push_back(column.name + "=" + category);
    if (!column.categorical) names.push_back(column.name);
    if (column.indicator) names.push_back(column.name + " missing");
  }
  return names;
}

std::string CsvEncoder::to_json() const {
  Json columns = Json::array(), targets = Json::array();
  for (const Column& c : columns_) {
    Json column = {{"name", c.name}};
    if (c.categorical) {
      column["categories"] = c.categories;
    } else {
      column["mean"] = c.mean;
      column["indicator"] = c.indicator;
    }
    columns.push_back(std::move(column));
  }
  for (const Target& t : targets_) targets.push_back({{"columns", t.columns}, {"classes", t.classes}});
  return Json{{"version", json_version},
              {"unknown_as_zeros", unknown_as_zeros_},
              {"separator", std::string(1, separator_)},
              {"columns", columns},
              {"targets", targets},
              {"weight", weight_}}
      .dump(1);
}

CsvEncoder CsvEncoder::from_json(const std::string& text) {
  CsvEncoder encoder;
  try {
    const Json json = Json::parse(text);
    if (json.at("version").get<int>() != json_version) throw UserError("the CSV encoding was written by another version; train again");
    encoder.unknown_as_zeros_ = json.at("unknown_as_zeros").get<bool>();
    const auto separator = json.at("separator").get<std::string>();
    if (separator.size() != 1) throw UserError("the CSV encoding beside the weights is damaged (separator); train again");
    encoder.separator_ = separator.front();
    for (const Json& c : json.at("columns")) {
      Column column;
      column.name = c.at("name").get<std::string>();
      column.categorical = c.contains("categories");
      if (column.categorical) {
        column.categories = c.at("categories").get<std::vector<std::string>>();
      } else {
        column.mean = c.at("mean").get<double>();
        column.indicator = c.at("indicator").get<bool>();
      }
      encoder.columns_.push_back(std::move(column));
    }
    encoder.weight_ = json.value("weight", "");
    for (const Json& t : json.at("targets"))
      encoder.targets_.push_back({t.at("columns").get<std::vector<std::string>>(), t.at("classes").get<std::vector<std::string>>()});
  } catch (const Json::exception& error) {
    throw UserError(fmt::format("the CSV encoding beside the weights is damaged ({}); train again", error.what()));
  }
  return encoder;
}

}  // namespace ingot::runtime
