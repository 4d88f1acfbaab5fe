#include "cli/predictions.hpp"
#include "cli/setup.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace ingot::runtime::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::uint32_t shown_classes = 3;  // of an image

// A .csv lists images when the model was trained on images.
bool names_images(const fs::path& path, const Encodings& encodings) {
  std::error_code ignored;
  return is_image_file(path) || fs::is_directory(path, ignored) || (path.extension() == ".csv" && encodings.images && !encodings.columns);
}

Predictions predict_images(const Invocation& call, Instance& instance, const Encodings& encodings) {
  ImageOptions options = image_options(call, encodings.images);
  const LoadedImages images = load_images({call.options.files.begin(), call.options.files.end()}, model_ports(call.model), options);
  for (const std::string& line : images.notes) note(line);
  Predictions predictions = predictions_of(call.model, instance, images.rows, encodings);
  predictions.files = images.files;
  return predictions;
}

Predictions predict_rows(const Invocation& call, Instance& instance, const Encodings& encodings) {
  if (call.options.files.size() > 1)
    throw UsageError(fmt::format("predict takes one file of rows, or images; {} is no image", call.options.files.front()));
  const Dataset rows = load_inputs(call.options.files.front(), model_ports(call.model), encodings.columns ? &*encodings.columns : nullptr);
  return predictions_of(call.model, instance, rows, encodings);
}

}  // namespace

int predict_command(const Invocation& call) {
  const Options& o = call.options;
  ProgramSource source(call.model);
  const std::unique_ptr<Device> device = open_device(call);
  const TrainedModel trained = load_trained(call, source, *device);
  const Encodings encodings = load_encodings(trained.path.parent_path());
  const bool images = std::ranges::any_of(o.files, [&](const std::string& file) { return names_images(file, encodings); });
  const Predictions predictions =
      images ? predict_images(call, *trained.instance, encodings) : predict_rows(call, *trained.instance, encodings);
  if (o.json)
    print_json(json_text(predictions, o.files.front(), o.top));
  else if (images || o.top)
    print_line(ranking_text(predictions, o.top.value_or(shown_classes)));
  else
    print_line(table_text(predictions));
  return exit_done;
}

}  // namespace ingot::runtime::cli
