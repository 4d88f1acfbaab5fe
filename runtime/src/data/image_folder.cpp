// Folders of images: which layout, which classes.
#include "data/csv_cells.hpp"
#include "data/image_list.hpp"

#include <fmt/format.h>
#include <ingot/runtime/data/error.hpp>
#include <ingot/runtime/data/images.hpp>

#include <algorithm>
#include <map>

namespace ingot::runtime {
namespace {

namespace fs = std::filesystem;
using ByClass = std::map<std::string, std::vector<fs::path>>;

struct Found {
  ByClass classes;
  std::vector<fs::path> unlabelled;  ///< images beside the folders of classes, or without a class in their name
};

bool is_folder(const fs::path& path) {
  std::error_code ignored;
  return fs::is_directory(path, ignored);
}

std::vector<fs::path> entries(const fs::path& folder) {
  std::vector<fs::path> paths;
  std::error_code error;
  for (fs::directory_iterator at(folder, error), end; !error && at != end; at.increment(error))
    if (!at->path().filename().string().starts_with('.')) paths.push_back(at->path());
  if (error) throw machine_error("read", folder.string(), error.value());
  return paths;
}

// "cat" of cat.17.jpg; "" when the name has another form.
std::string class_in_name(const fs::path& file) {
  const std::string stem = file.stem().string();
  const std::size_t dot = stem.rfind('.');
  if (dot == std::string::npos || dot == 0 || dot + 1 == stem.size()) return "";
  return stem.find_first_not_of("0123456789", dot + 1) == std::string::npos ? stem.substr(0, dot) : "";
}

Found by_name(const std::vector<fs::path>& images) {
  Found found;
  for (const fs::path& path : images) {
    const std::string name = class_in_name(path);
    (name.empty() ? found.unlabelled : found.classes[name]).push_back(path);
  }
  return found;
}

// A folder per class, or classes in the names of the files; empty when there are no images.
Found classes_of(const fs::path& folder) {
  Found found;
  std::vector<fs::path> images;  // in the folder itself
  std::size_t below = 0;
  for (const fs::path& path : entries(folder)) {
    if (is_folder(path))
      below += (found.classes[path.filename().string()] = image_files_below(path)).size();
    else if (is_image_file(path))
      images.push_back(path);
  }
  std::ranges::sort(images, {}, &fs::path::native);
  if (below == 0) return by_name(images);
  found.unlabelled = std::move(images);
  return found;
}

std::vector<std::string> names_of(const ByClass& classes) {
  std::vector<std::string> names;
  for (const auto& [name, files] : classes) names.push_back(name);
  return names;
}

void check_count(const fs::path& folder, const std::vector<std::string>& names, const Port& target) {
  if (target.classes == 0)
    throw UserError(
        fmt::format("{}: target '{}' takes values, a folder of images gives classes; list the files in a .csv with their values",
                    folder.string(), target.name));
  const std::size_t wanted = std::max(target.classes, 2u);
  if (names.size() != wanted)
    throw UserError(fmt::format("{}: there are {} classes ({}), target '{}' has {}; change the width of the output or the folders",
                                folder.string(), names.size(), some_of(names), target.name, wanted));
  for (const std::string& name : names) check_utf8(name, folder.string());
}

ImageList label(const fs::path& folder, const char* part, const Found& found, const std::vector<std::string>& names) {
  ImageList list{fmt::format("{} ({})", folder.string(), part), {}, {}, found.unlabelled};
  for (const auto& [name, files] : found.classes) {
    const auto at = std::ranges::find(names, name);
    if (at == names.end() && !files.empty())
      throw UserError(
          fmt::format("{}: class '{}' is none of the training ({}); rename or remove it", folder.string(), name, some_of(names)));
    list.files.insert(list.files.end(), files.begin(), files.end());
    list.labels.insert(list.labels.end(), files.size(), static_cast<double>(at - names.begin()));
  }
  return list;
}

}  // namespace

std::optional<ImageParts> list_image_folder(const fs::path& folder, const Port& target, const std::vector<std::string>& classes) {
  const bool parted = is_folder(folder / "train");
  const fs::path train = parted ? folder / "train" : folder;
  const Found found = classes_of(train);
  if (found.classes.empty() || std::ranges::all_of(found.classes, [](const auto& entry) { return entry.second.empty(); }))
    return std::nullopt;
  ImageParts parts;
  parts.classes = classes.empty() ? names_of(found.classes) : classes;
  check_count(train, parts.classes, target);
  parts.train = label(train, "train", found, parts.classes);
  shuffle(parts.train);
  if (!parted) return parts;
  for (const char* name : {"validation", "val"})
    if (parts.validation.files.empty() && is_folder(folder / name))
      parts.validation = label(folder / name, "validation", classes_of(folder / name), parts.classes);
  if (is_folder(folder / "test")) parts.test = label(folder / "test", "test", classes_of(folder / "test"), parts.classes);
  return parts;
}

}  // namespace ingot::runtime
