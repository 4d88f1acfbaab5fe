#include "cli/setup.hpp"

#include "cli/progress.hpp"

#include <fmt/format.h>
#include <ingot/runtime/data/atomic_file.hpp>
#include <ingot/runtime/data/safetensors.hpp>
#include <ingot/runtime/data/split.hpp>
#include <ingot/runtime/device/open_device.hpp>
#include <ingot/runtime/train/weights.hpp>

#include <cstdio>

namespace ingot::runtime::cli {

namespace fs = std::filesystem;

namespace {

constexpr const char *columns_file = "columns.json", *images_file = "images.json";

static_assert(static_cast<int>(RowCacheKind::memory) == INGOT_CACHE_MEMORY && static_cast<int>(RowCacheKind::file) == INGOT_CACHE_FILE);
void show_decoding(LiveLine& line, std::size_t done, std::size_t files) {
  const auto share = static_cast<double>(done) / static_cast<double>(files);
  if (done == files)
    line.clear();
  else if (line.due())
    line.draw(fmt::format("decoding {} of {} images {}", grouped(static_cast<double>(done)), grouped(static_cast<double>(files)),
                          bar_text(share, 24)));
}

}  // namespace

void print_json(const std::string& object) { print_line(object); }
void note(const std::string& line) { fmt::print(stderr, "{}\n", line); }

void print_line(const std::string& line) {
  const bool written = std::fwrite(line.data(), 1, line.size(), stdout) == line.size() && std::fputc('\n', stdout) != EOF;
  if (!written || std::fflush(stdout) != 0) throw machine_error("write to", "the standard output", errno);
}

fs::path out_folder(const Invocation& call) {
  return call.options.out.empty() ? fs::path("out") / call.model.name : fs::path(call.options.out);
}

void make_folder(const fs::path& folder) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (error) throw machine_error("make the folder", folder.string(), error.value());
}

std::unique_ptr<Device> open_device(const Invocation& call, std::uint32_t threads) {
  return runtime::open_device({call.options.device, threads == 0 ? call.options.threads : threads, call.options.cuda_driver});
}

void apply_settings(const Invocation& call, Point& point) {
  try {
    for (const std::string& setting : call.options.settings) point.set(setting);
  } catch (const UserError& error) {
    throw UsageError(std::string("--set: ") + error.what());
  }
}

Point chosen_point(const Invocation& call) {
  Point point(call.model);
  apply_settings(call, point);
  return point;
}

std::uint32_t chosen_batch(const Invocation& call, const Point& point) {
  return call.options.batch.value_or(declared_options(point).batch);
}

double chosen_validation(const Invocation& call, const Point& point) {
  return call.options.validation.value_or(point.value(call.model.recipe.validation));
}

ImageOptions image_options(const Invocation& call, const std::optional<ImageEncoding>& trained) {
  ImageOptions options;
  options.antialias = trained ? trained->antialias : call.options.antialias;
  options.strict = call.options.strict;
  options.memory_limit = call.options.memory_limit;
  options.threads = call.options.threads;
  if (trained) options.classes = trained->classes;
  const auto line = std::make_shared<LiveLine>();
  if (line->live()) options.on_decoded = [line](std::size_t done, std::size_t files) { show_decoding(*line, done, files); };
  return options;
}

RowCacheOptions cache_options(const Invocation& call) {
  RowCacheOptions options;
  options.kind = static_cast<RowCacheKind>(call.model.recipe.craft.cache);
  options.folder = call.options.cache_dir;
  options.limit = call.options.cache_limit.value_or(default_cache_limit);
  options.tell = note;
  return options;
}

LoadedData load_data(const Invocation& call, const std::optional<ImageEncoding>& trained) {
  const Options& o = call.options;
  if (o.data.empty() && !call.defaults.data_dir) throw UsageError("this command reads data; name it with --data");
  LoadOptions options;
  options.csv.targets = o.targets;
  options.csv.categorical = o.categorical;
  options.csv.ignore = o.ignored;
  options.csv.weight = o.weight_column;
  options.images = image_options(call, trained);
  options.cache = cache_options(call);
  LoadedData data = load_dataset(o.data.empty() ? fs::path(call.defaults.data_dir) : fs::path(o.data), model_ports(call.model), options);
  for (const std::string& line : data.notes) note(line);
  if (data.validation.rows() > 0 && o.validation) {
    if (*o.validation > 0)
      throw UsageError(
          fmt::format("--validation {}: {} is a validation part of its own; leave the option out", *o.validation, data.validation.source));
    data.validation = {};
  }
  return data;
}

TrainData training_parts(const LoadedData& data, double validation) {
  if (data.validation.rows() > 0) return {data.train, data.validation};
  if (validation <= 0) return {data.train, {}};
  Split split = split_validation(data.train, validation);
  return {std::move(split.train), std::move(split.validation)};
}

fs::path weights_path(const Invocation& call, const fs::path& trained_in) {
  const fs::path named = call.options.weights.empty() ? trained_in : fs::path(call.options.weights);
  std::error_code ignored;
  return call.options.weights.empty() || fs::is_directory(named, ignored) ? named / "model.safetensors" : named;
}
fs::path weights_path(const Invocation& call) { return weights_path(call, out_folder(call)); }

std::vector<std::string> Encodings::class_names(std::size_t i) const {
  if (columns && i < columns->targets().size()) return columns->targets()[i].classes;
  return images && i == 0 ? images->classes : std::vector<std::string>{};
}

void save_encodings(const fs::path& folder, const LoadedData& data) {
  std::error_code ignored;
  const auto keep = [&](const char* name, const auto& encoding) {
    if (encoding)
      write_atomically(folder / name, encoding->to_json());
    else
      fs::remove(folder / name, ignored);
  };
  keep(columns_file, data.encoder);
  keep(images_file, data.images);
}

Encodings load_encodings(const fs::path& folder) {
  Encodings found;
  if (fs::exists(folder / columns_file)) found.columns = CsvEncoder::from_json(read_whole_file(folder / columns_file));
  if (fs::exists(folder / images_file)) found.images = ImageEncoding::from_json(read_whole_file(folder / images_file));
  return found;
}

Point trained_point(const Invocation& call, const fs::path& path) {
  if (call.options.weights.empty() && !fs::exists(path))
    throw UserError(fmt::format("there are no trained weights {}; run train first or name them with --weights", path.string()));
  const Metadata metadata = read_weights(path).metadata;
  Point point(call.model);
  for (std::size_t i = 0; i < point.values().size(); ++i)
    if (const auto value = metadata.find(call.model.hps[i].name); value != metadata.end()) point.set(value->first, value->second);
  apply_settings(call, point);
  return point;
}

TrainedModel load_trained(const Invocation& call, ProgramSource& source, Device& device) {
  TrainedModel trained;
  trained.path = weights_path(call);
  const Point point = trained_point(call, trained.path);
  ProgramRequest request;
  request.batch = chosen_batch(call, point);
  request.exact_batch = call.options.batch.has_value();
  request.target = device.target();
  request.variant = weights_variant(trained.path);
  if (!request.variant.declared()) request.entries = entry_bit(INGOT_EVALUATE) | entry_bit(INGOT_PREDICT);
  trained.instance = std::make_unique<Instance>(point, source.get(point, request), device);
  load_weights(trained.path, *trained.instance);
  return trained;
}

}  // namespace ingot::runtime::cli
