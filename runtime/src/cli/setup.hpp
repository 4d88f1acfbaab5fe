// What several commands need before they start: the point, the device, the data, the trained weights.
#pragma once
#include <filesystem>
#include <ingot/runtime/data/load.hpp>
#include <ingot/runtime/device/device.hpp>
#include <ingot/runtime/model/program.hpp>
#include <ingot/runtime/train/trainer.hpp>
#include <memory>

#include "cli/commands.hpp"

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

/// The initial point with --set applied. Throws UsageError for a wrong name or value.
Point chosen_point(const Invocation& call);
void apply_settings(const Invocation& call, Point& point);

/// --batch, or the recipe's at this point.
std::uint32_t chosen_batch(const Invocation& call, const Point& point);
/// --validation, or the recipe's at this point.
double chosen_validation(const Invocation& call, const Point& point);

LoadedData load_data(const Invocation& call);
/// The training part in its two pieces. Validation 0: all of it trains.
TrainData split_training(const Dataset& train, double validation);

/// Trained weights on a device: --weights or model.safetensors in --out, at the point that the file names.
struct TrainedModel {
  std::filesystem::path path;
  std::unique_ptr<Instance> instance;
};
std::filesystem::path weights_path(const Invocation& call);
/// The point that a file of weights was trained at, with --set applied.
Point trained_point(const Invocation& call, const std::filesystem::path& path);
TrainedModel load_trained(const Invocation& call, ProgramSource& source, Device& device);

/// Where `train` keeps how CSV columns become numbers, beside the weights.
std::filesystem::path encoder_path(const std::filesystem::path& folder);

}  // namespace ingot::runtime::cli
