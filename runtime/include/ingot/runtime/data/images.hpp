// Image files as data sets of one model.
//
// What is loaded as images (JPEG and PNG; image/decode.hpp says what their pixels become) is
//   a folder with a sub-folder per class, in any depth below it;
//   a folder of files CLASS.NUMBER.jpg (or .png), e.g. cat.17.jpg;
//   a folder with sub-folders train/, validation/ or val/, and test/, each in one of these layouts; train/ must be there;
//   a .csv with a column of paths (named `path`, or else the first), relative to the folder of the .csv, and a column of labels (--target,
//   else `label`, else the last): list_image_csv below.
// Size and channels are those of the model's input: [height, width, 1 or 3], or [height, width] for grey.
//
// Classes are numbered in the sorted (bytewise) order of their names in the training part; the model must have that many, a binary model
// two. The training part is put in a fixed random order (seed 0), since files come sorted by class and validation takes the last rows.
// Files that cannot be decoded are skipped and counted. Rows are kept in memory when they fit the limit, else decoded in every pass; rows,
// their order and the identity of the data do not depend on that, nor on the number of threads.
//
// With a cache, files are decoded when their rows are asked for first, so training starts at once. What can be told from the beginning and
// the end of a file is told before, and such files are skipped; one that turns out damaged in the middle is an error when it is reached.
#pragma once
#include <ingot/runtime/data/dataset.hpp>
#include <ingot/runtime/data/ports.hpp>

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace ingot::runtime {

struct ImageOptions {
  bool antialias = false;
  bool strict = false;                          ///< the first file that cannot be decoded is an error
  std::optional<std::uint64_t> memory_limit{};  ///< bytes of decoded rows, all parts together; none given: default_memory_limit()
  std::uint32_t threads = 0;                    ///< that decode; 0: all that are available
  std::vector<std::string> classes{};           ///< of the training, where it is known: labels are numbered by it
  /// Called after every file of the first pass over a part, by one thread at a time: how many of how many are decoded.
  std::function<void(std::size_t done, std::size_t files)> on_decoded{};
};

/// How a model was fed with images: saved as JSON beside the weights, so that `predict` prepares images as training did and knows names.
struct ImageEncoding {
  bool antialias = false;
  std::vector<std::string> classes;  ///< in the order of their numbers; empty: numbers as they are, or values

  static ImageEncoding from_json(const std::string& text);
  [[nodiscard]] std::string to_json() const;
};

/// Images without labels.
struct LoadedImages {
  Dataset rows;
  std::vector<std::string> files;  ///< of each row
  std::vector<std::string> notes;  ///< one sentence each: what was skipped, what is decoded again
};

/// `path` ends in .jpg, .jpeg or .png, in any case.
bool is_image_file(const std::filesystem::path& path);
/// The images at `paths`: files of any name, those that a .csv lists, and those with the name of an image in folders and below, sorted.
/// Throws UserError when none can be decoded.
LoadedImages load_images(const std::vector<std::filesystem::path>& paths, const ModelPorts& ports, const ImageOptions& options);

}  // namespace ingot::runtime
