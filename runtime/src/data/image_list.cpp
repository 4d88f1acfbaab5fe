#include "data/image_list.hpp"

#include <ingot/runtime/data/error.hpp>
#include <ingot/runtime/data/images.hpp>
#include <ingot/runtime/data/order.hpp>

#include <algorithm>
#include <limits>
#include <string_view>

namespace ingot::runtime {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t list_seed = 0;
// The epochs of a training with the same seed are not drawn alike.
constexpr std::uint64_t list_epoch = std::numeric_limits<std::uint64_t>::max();

bool hidden(const fs::path& path) { return path.filename().string().starts_with('.'); }

}  // namespace

bool is_image_file(const fs::path& path) {
  std::string extension = path.extension().string();
  std::ranges::transform(extension, extension.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 'a' - 'A') : c; });
  return extension == ".jpg" || extension == ".jpeg" || extension == ".png";
}

std::vector<fs::path> image_files_below(const fs::path& folder) {
  std::vector<fs::path> files;
  std::error_code error;
  for (fs::recursive_directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) {
    std::error_code ignored;
    if (hidden(at->path()))
      at.disable_recursion_pending();
    else if (is_image_file(at->path()) && at->is_regular_file(ignored))
      files.push_back(at->path());
  }
  if (error) throw machine_error("read", folder.string(), error.value());
  std::ranges::sort(files, {}, &fs::path::native);
  return files;
}

void shuffle(ImageList& list) {
  std::vector<std::uint32_t> order(list.files.size());
  shuffled_order(order, list_seed, list_epoch);
  ImageList shuffled{list.source, {}, {}, std::move(list.unlabelled)};
  for (const std::uint32_t at : order) {
    shuffled.files.push_back(std::move(list.files[at]));
    if (!list.labels.empty()) shuffled.labels.push_back(list.labels[at]);
  }
  list = std::move(shuffled);
}

}  // namespace ingot::runtime
