// What several commands need before they start: the point, the device, the data, the trained weights.
#pragma once
#include "cli/commands.hpp"

#include <ingot/runtime/data/load.hpp>
#include <ingot/runtime/device/device.hpp>
#include <ingot/runtime/model/program.hpp>
#include <ingot/runtime/train/trainer.hpp>

#include <filesystem>
#include <memory>

namespace ingot::runtime::cli {

/// Prints the object and a line end to stdout.
void print_json(const std::string& object);
/// A line to stderr: what a user should know but need not act on.
void note(const std::string& line);
/// A line to stdout.
void print_line(const std::string& line);

/// --out, or out/<model>.
std::filesystem::path out_folder(const Invocation& call);
/// Makes the folder and its parents. Throws MachineError.
void make_folder(const std::filesystem::path& folder);

/// --device. On the CPU with --threads threads, or `threads` when it is not 0.
std::unique_ptr<Device> open_device(const Invocation& call, std::uint32_t threads = 0);

/// The initial point with --set applied. Throws UsageError for a wrong name or value.
Point chosen_point(const Invocation& call);
void apply_settings(const Invocation& call, Point& point);

/// --batch, or the recipe's at this point.
std::uint32_t chosen_batch(const Invocation& call, const Point& point);
/// --validation, or the recipe's at this point.
double chosen_validation(const Invocation& call, const Point& point);

/// What images are loaded with, from the options; `trained`, when it is known, says how the training saw them.
ImageOptions image_options(const Invocation& call, const std::optional<ImageEncoding>& trained = {});
/// How the recipe and the options want rows cached.
RowCacheOptions cache_options(const Invocation& call);
/// --data, or the model's own. Notes of the loader go to stderr. A validation part of the data goes with --validation 0, and is
/// incompatible with any other. Throws UsageError, UserError.
LoadedData load_data(const Invocation& call, const std::optional<ImageEncoding>& trained = {});
/// What trains and what validates: the data's own validation part, else rows of the training part. Validation 0: all of it trains.
TrainData training_parts(const LoadedData& data, double validation);

/// Trained weights on a device: --weights or model.safetensors in --out, at the point that the file names.
struct TrainedModel {
  std::filesystem::path path;
  std::unique_ptr<Instance> instance;
};
/// The file of --weights, or model.safetensors in the folder that it names; without the option in `trained_in` (--out).
std::filesystem::path weights_path(const Invocation& call, const std::filesystem::path& trained_in);
std::filesystem::path weights_path(const Invocation& call);
/// The point that a file of weights was trained at, with --set applied.
Point trained_point(const Invocation& call, const std::filesystem::path& path);
TrainedModel load_trained(const Invocation& call, ProgramSource& source, Device& device);

/// How data became numbers, kept beside the weights.
struct Encodings {
  std::optional<CsvEncoder> columns;    ///< columns.json: data were CSV
  std::optional<ImageEncoding> images;  ///< images.json: data were images

  /// Names of the classes of target `i`; empty when classes are numbers.
  [[nodiscard]] std::vector<std::string> class_names(std::size_t i) const;
};
/// Writes the files that belong to `data` and removes those of an earlier training on other data.
void save_encodings(const std::filesystem::path& folder, const LoadedData& data);
Encodings load_encodings(const std::filesystem::path& folder);

}  // namespace ingot::runtime::cli
