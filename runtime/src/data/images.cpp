#include <fmt/format.h>
#include <ingot/runtime/data/error.hpp>
#include <ingot/runtime/data/images.hpp>

#include <nlohmann/json.hpp>

#include "data/image_loader.hpp"

namespace ingot::runtime {
namespace {

using Json = nlohmann::ordered_json;
constexpr int json_version = 1;

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
    std::error_code ignored;
    if (!std::filesystem::is_directory(path, ignored)) {
      list.files.push_back(path);
      continue;
    }
    const auto below = image_files_below(path);
    if (below.empty()) throw UserError(fmt::format("{} holds no images: .jpg, .jpeg or .png files were expected", path.string()));
    list.files.insert(list.files.end(), below.begin(), below.end());
  }
  ImageLoader loader(ports, options);
  LoadedImages images{loader.load(list), {}, loader.notes()};
  for (const std::filesystem::path& file : list.files) images.files.push_back(file.string());
  return images;
}

}  // namespace ingot::runtime
