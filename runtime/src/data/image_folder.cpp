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

ByClass by_name(const std::vector<fs::path>& paths) {
  ByClass classes;
  for (const fs::path& path : paths)
    if (is_image_file(path) && !is_folder(path))
      if (const std::string name = class_in_name(path); !name.empty()) classes[name].push_back(path);
  for (auto& [name, files] : classes) std::ranges::sort(files, {}, &fs::path::native);
  return classes;
}

// A folder per class, or classes in the names of the files; empty when there are no images.
ByClass classes_of(const fs::path& folder) {
  const std::vector<fs::path> paths = entries(folder);
  ByClass classes;
  std::size_t images = 0;
  for (const fs::path& path : paths)
    if (is_folder(path)) images += (classes[path.filename().string()] = image_files_below(path)).size();
  return images > 0 ? classes : by_name(paths);
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

ImageList label(const fs::path& folder, const char* part, const ByClass& classes, const std::vector<std::string>& names) {
  ImageList list{fmt::format("{} ({})", folder.string(), part), {}, {}};
  for (const auto& [name, files] : classes) {
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
  const ByClass found = classes_of(train);
  if (found.empty() || std::ranges::all_of(found, [](const auto& entry) { return entry.second.empty(); })) return std::nullopt;
  ImageParts parts;
  parts.classes = classes.empty() ? names_of(found) : classes;
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
