#include <ingot/runtime/data/images.hpp>

#include "data/image_loader.hpp"

#include <fmt/format.h>
#include <ingot/runtime/data/error.hpp>
#include <nlohmann/json.hpp>

namespace ingot::runtime {
namespace {

using Json = nlohmann::ordered_json;
constexpr int json_version = 1;

std::vector<std::filesystem::path> files_of(const std::filesystem::path& path) {
  std::error_code ignored;
  if (path.extension() == ".csv") return list_csv_paths(CsvTable::read(path)).files;
  if (!std::filesystem::is_directory(path, ignored)) return {path};
  auto files = image_files_below(path);
  if (files.empty()) throw UserError(fmt::format("{} holds no images: .jpg, .jpeg or .png files were expected", path.string()));
  return files;
}

}  // namespace

std::string ImageEncoding::to_json() const {
  return Json{{"version", json_version}, {"antialias", antialias}, {"classes", classes}}.dump(1);
}

ImageEncoding ImageEncoding::from_json(const std::string& text) {
  try {
    const Json json = Json::parse(text);
    if (json.at("version").get<int>() != json_version) throw UserError("the image encoding was written by another version; train again");
    return {json.at("antialias").get<bool>(), json.at("classes").get<std::vector<std::string>>()};
  } catch (const Json::exception& error) {
    throw UserError(fmt::format("the image encoding beside the weights is damaged ({}); train again", error.what()));
  }
}

LoadedImages load_images(const std::vector<std::filesystem::path>& paths, const ModelPorts& ports, const ImageOptions& options) {
  ImageList list{paths.size() == 1 ? paths.front().string() : "the images", {}, {}};
  for (const std::filesystem::path& path : paths) {
    const auto files = files_of(path);
    list.files.insert(list.files.end(), files.begin(), files.end());
  }
  ImageLoader loader(ports, options);
  LoadedImages images{loader.load(list), {}, loader.notes()};
  for (const std::filesystem::path& file : list.files) images.files.push_back(file.string());
  return images;
}

}  // namespace ingot::runtime
