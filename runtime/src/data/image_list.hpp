// Which image files belong to a data set, with their labels: nothing is decoded yet.
#pragma once
#include <ingot/runtime/data/csv.hpp>
#include <ingot/runtime/data/ports.hpp>

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace ingot::runtime {

struct ImageList {
  std::string source;  ///< for reports: "photos (train)"
  std::vector<std::filesystem::path> files;
  std::vector<double> labels;                       ///< class numbers or values, one per file; empty: not known
  std::vector<std::filesystem::path> unlabelled{};  ///< images among them whose class nothing says: left out
};

struct ImageParts {
  ImageList train, validation, test;  ///< train is shuffled; the others keep the order of their names
  std::vector<std::string> classes;   ///< in the order of their numbers; empty: numbers as they are, or values
};

/// A folder in one of the layouts of images.hpp; nothing when it is in none. `classes`: as in ImageOptions. The number of classes is
/// checked against `target`. Throws UserError.
std::optional<ImageParts> list_image_folder(const std::filesystem::path& folder, const Port& target,
                                            const std::vector<std::string>& classes);

/// The table has a column `path`, or its first column holds names of images.
bool lists_images(const CsvTable& table);
/// The paths of the table, without labels.
ImageList list_csv_paths(const CsvTable& table);
/// One .csv, whose rows are shuffled before the last `test_fraction` of them becomes the test part; or, with `test`, two. Whole numbers
/// below the number of classes are class numbers, other labels are numbered in sorted order; without classes they are values.
ImageParts list_image_csv(const CsvTable& train, const CsvTable* test, double test_fraction, const Port& target, const std::string& column,
                          const std::vector<std::string>& classes);

/// The files with the name of an image in `folder` and below, sorted. Links to folders are not followed, hidden files are left out.
std::vector<std::filesystem::path> image_files_below(const std::filesystem::path& folder);

/// Puts the list in a random order that depends on its length alone.
void shuffle(ImageList& list);

}  // namespace ingot::runtime
