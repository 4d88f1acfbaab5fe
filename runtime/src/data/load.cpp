#include <ingot/runtime/data/load.hpp>

#include "data/csv_cached.hpp"
#include "data/image_list.hpp"
#include "data/image_loader.hpp"

#include <fmt/format.h>
#include <ingot/runtime/data/atomic_file.hpp>
#include <ingot/runtime/data/cifar.hpp>
#include <ingot/runtime/data/error.hpp>
#include <ingot/runtime/data/idx.hpp>
#include <ingot/runtime/data/npy.hpp>

#include <algorithm>
#include <cmath>
#include <functional>
#include <sstream>

namespace ingot::runtime {
namespace {

namespace fs = std::filesystem;
using Fetch = std::function<Array(const std::string& name)>;

bool there(const fs::path& path) {
  std::error_code ignored;
  return fs::is_regular_file(path, ignored);
}

// "x_train" for the only input, "x_train_pixels" for one of several.
std::string member_name(const std::string& prefix, const std::vector<Port>& ports, std::size_t i) {
  return ports.size() == 1 ? prefix : prefix + "_" + ports[i].name;
}

std::vector<std::string> member_names(const ModelPorts& ports, const std::string& part) {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < ports.inputs.size(); ++i) names.push_back(member_name("x_" + part, ports.inputs, i));
  for (std::size_t i = 0; i < ports.targets.size(); ++i) names.push_back(member_name("y_" + part, ports.targets, i));
  return names;
}

void check_rows(const Table& table, const std::string& source, const Table& first, const std::string& first_source) {
  if (table.rows != first.rows)
    throw UserError(fmt::format("{} has {} rows, {} has {}; they must belong together", source, table.rows, first_source, first.rows));
}

// Member or file of the sample weights of a part; "" when the model takes none.
std::string weights_name(const ModelPorts& ports, const std::string& part) { return ports.sample_weights ? "w_" + part : std::string(); }

// One array per input and target, by `names` in that order; then the weights: of that name, or all 1 when it is empty.
Dataset assemble(const ModelPorts& ports, const std::vector<std::string>& names, const Fetch& fetch, std::string source,
                 const std::string& weights = {}) {
  Dataset data;
  std::string first_source;
  for (std::size_t i = 0; i < names.size(); ++i) {
    const Array array = fetch(names[i]);
    const bool input = i < ports.inputs.size();
    Table table = input ? input_table(array, ports.inputs[i]) : target_table(array, ports.targets[i - ports.inputs.size()]);
    if (i == 0)
      first_source = array.source;
    else
      check_rows(table, array.source, data.inputs.front(), first_source);
    (input ? data.inputs : data.targets).push_back(std::move(table));
  }
  if (!weights.empty()) {
    const Array array = fetch(weights);
    data.targets.push_back(weight_table(array));
    check_rows(data.targets.back(), array.source, data.inputs.front(), first_source);
  } else if (ports.sample_weights && !ports.targets.empty()) {
    data.targets.push_back(unit_weights(data.rows()));
  }
  data.class_names.resize(ports.targets.size());
  data.source = std::move(source);
  data.identity = content_identity(data);
  return data;
}

// ---- the layout of MNIST

std::optional<fs::path> plain_or_packed(const fs::path& path) {
  if (there(path)) return path;
  fs::path packed = path;
  packed += ".gz";
  if (there(packed)) return packed;
  return std::nullopt;
}

fs::path mnist_file(const fs::path& folder, const std::string& part, const char* what) {
  const fs::path path = folder / fmt::format("{}-{}-ubyte", part, what);
  const auto found = plain_or_packed(path);
  if (!found) throw UserError(fmt::format("there is neither {} nor {}.gz", path.string(), path.string()));
  return *found;
}

Dataset load_mnist_part(const fs::path& folder, const std::string& part, const ModelPorts& ports) {
  if (ports.inputs.size() != 1 || ports.targets.size() != 1)
    throw UserError(fmt::format("{}: IDX files hold one input and one target, model {} has {} and {}", folder.string(), ports.model,
                                ports.inputs.size(), ports.targets.size()));
  if (ports.sample_weights)
    throw UserError(fmt::format("{}: IDX files hold no sample weights, which the recipe of model {} asks for; give NPY, NPZ or CSV",
                                folder.string(), ports.model));
  const auto fetch = [&](const std::string& name) { return read_idx(mnist_file(folder, part, name.c_str())); };
  return assemble(ports, {"images-idx3", "labels-idx1"}, fetch,
                  fmt::format("{} ({})", folder.string(), part == "train" ? "train" : "test"));
}

LoadedData load_mnist(const fs::path& folder, const ModelPorts& ports) {
  LoadedData data;
  data.train = load_mnist_part(folder, "train", ports);
  const bool test = plain_or_packed(folder / "t10k-images-idx3-ubyte") || plain_or_packed(folder / "t10k-labels-idx1-ubyte");
  if (test) data.test = load_mnist_part(folder, "t10k", ports);
  return data;
}

// ---- NPY and NPZ

LoadedData load_npy_folder(const fs::path& folder, const ModelPorts& ports) {
  const auto file = [&](const std::string& name) { return folder / (name + ".npy"); };
  const auto fetch = [&](const std::string& name) { return read_npy(file(name)); };
  LoadedData data;
  data.train = assemble(ports, member_names(ports, "train"), fetch, folder.string() + " (train)", weights_name(ports, "train"));
  const auto test_names = member_names(ports, "test");
  if (std::ranges::any_of(test_names, [&](const std::string& name) { return there(file(name)); }))
    data.test = assemble(ports, test_names, fetch, folder.string() + " (test)", there(file("w_test")) ? weights_name(ports, "test") : "");
  return data;
}

Fetch fetch_member(const fs::path& path, const std::vector<NamedArray>& arrays) {
  return [&arrays, path](const std::string& name) {
    const auto at = std::ranges::find(arrays, name, &NamedArray::name);
    if (at == arrays.end()) throw UserError(fmt::format("{}: there is no member {}.npy", path.string(), name));
    return at->array;
  };
}

LoadedData load_npz(const fs::path& path, const ModelPorts& ports) {
  const auto train_names = member_names(ports, "train"), test_names = member_names(ports, "test");
  auto wanted = train_names;
  wanted.insert(wanted.end(), test_names.begin(), test_names.end());
  if (ports.sample_weights) wanted.insert(wanted.end(), {weights_name(ports, "train"), weights_name(ports, "test")});
  const auto arrays = read_npz(path, wanted);
  LoadedData data;
  data.train = assemble(ports, train_names, fetch_member(path, arrays), path.string() + " (train)", weights_name(ports, "train"));
  const auto is_test = [&](const NamedArray& named) { return std::ranges::find(test_names, named.name) != test_names.end(); };
  const bool weighs_test = std::ranges::find(arrays, weights_name(ports, "test"), &NamedArray::name) != arrays.end();
  if (std::ranges::any_of(arrays, is_test))
    data.test =
        assemble(ports, test_names, fetch_member(path, arrays), path.string() + " (test)", weighs_test ? weights_name(ports, "test") : "");
  return data;
}

// ---- images

const Port& only_target(const std::string& source, const ModelPorts& ports) {
  if (ports.targets.size() != 1)
    throw UserError(fmt::format("{}: there is one label per image, model {} has {} targets", source, ports.model, ports.targets.size()));
  return ports.targets.front();
}

LoadedData load_image_parts(ImageParts parts, const ModelPorts& ports, const ImageOptions& options, const RowCacheOptions& cache) {
  ImageLoader loader(ports, options, cache);
  LoadedData data;
  data.train = loader.load(parts.train);
  if (!parts.validation.files.empty()) data.validation = loader.load(parts.validation);
  if (!parts.test.files.empty()) data.test = loader.load(parts.test);
  for (Dataset* part : {&data.train, &data.validation, &data.test})
    if (part->rows() > 0) part->class_names = {parts.classes};
  data.images = ImageEncoding{options.antialias, std::move(parts.classes)};
  data.notes = loader.notes();
  return data;
}

// ---- CIFAR

std::vector<fs::path> cifar10_batches(const fs::path& folder) {
  std::vector<fs::path> files;
  for (int i = 1; there(folder / fmt::format("data_batch_{}.bin", i)); ++i) files.push_back(folder / fmt::format("data_batch_{}.bin", i));
  return files;
}

// One name per line; empty when the file is not there.
std::vector<std::string> names_in(const fs::path& file) {
  std::vector<std::string> names;
  if (!there(file)) return names;
  std::istringstream text(read_whole_file(file));
  for (std::string line; std::getline(text, line);) {
    if (line.ends_with('\r')) line.pop_back();
    if (!line.empty()) names.push_back(line);
  }
  return names;
}

Dataset load_cifar_part(const std::vector<fs::path>& files, CifarKind kind, const ModelPorts& ports, std::string source) {
  const CifarRecords records = read_cifar(files, kind);
  const auto fetch = [&](const std::string& name) { return name == "images" ? records.images : records.labels; };
  return assemble(ports, {"images", "labels"}, fetch, std::move(source));
}

LoadedData load_cifar(const fs::path& folder, const ModelPorts& ports) {
  const std::vector<fs::path> batches = cifar10_batches(folder);
  const bool ten = !batches.empty();
  const CifarKind kind = ten ? CifarKind::cifar10 : CifarKind::cifar100;
  (void)only_target(folder.string(), ports);
  (void)image_format(ports, false);
  LoadedData data;
  data.train = load_cifar_part(ten ? batches : std::vector{folder / "train.bin"}, kind, ports, folder.string() + " (train)");
  if (const fs::path test = folder / (ten ? "test_batch.bin" : "test.bin"); there(test))
    data.test = load_cifar_part({test}, kind, ports, folder.string() + " (test)");
  data.images = ImageEncoding{false, names_in(folder / (ten ? "batches.meta.txt" : "fine_label_names.txt"))};
  return data;
}

// ---- CSV

LoadedData load_image_csv(const CsvTable& train, const CsvTable* test, const ModelPorts& ports, const LoadOptions& options) {
  const std::string column = options.csv.targets.empty() ? "" : options.csv.targets.front();
  return load_image_parts(
      list_image_csv(train, test, options.test_fraction, only_target(train.name(), ports), column, options.images.classes), ports,
      options.images, options.cache);
}

LoadedData load_csv_folder(const fs::path& folder, const ModelPorts& ports, const LoadOptions& options) {
  const CsvTable train = CsvTable::read(folder / "train.csv", options.csv.separator);
  if (lists_images(train)) {
    std::optional<CsvTable> test;
    if (there(folder / "test.csv")) test = CsvTable::read(folder / "test.csv", options.csv.separator);
    return load_image_csv(train, test ? &*test : nullptr, ports, options);
  }
  LoadedData data;
  data.encoder = CsvEncoder::fit(train, train.rows(), ports, options.csv);
  data.train = data.encoder->encode(train, 0, train.rows(), ports);
  if (there(folder / "test.csv")) {
    const CsvTable test = CsvTable::read(folder / "test.csv", options.csv.separator);
    data.test = data.encoder->encode(test, 0, test.rows(), ports);
  }
  return data;
}

LoadedData load_csv(const fs::path& path, const ModelPorts& ports, const LoadOptions& options) {
  if (!(options.test_fraction >= 0 && options.test_fraction < 1))
    throw UserError(fmt::format("the test fraction {} is not between 0 and 1", options.test_fraction));
  const CsvTable table = CsvTable::read(path, options.csv.separator);
  if (lists_images(table)) return load_image_csv(table, nullptr, ports, options);
  const auto test_rows = static_cast<std::size_t>(std::floor(static_cast<double>(table.rows()) * options.test_fraction));
  const std::size_t train_rows = table.rows() - test_rows;
  LoadedData data;
  data.encoder = CsvEncoder::fit(table, train_rows, ports, options.csv);
  data.train = data.encoder->encode(table, 0, train_rows, ports);
  data.train.source = path.string() + " (train)";
  if (test_rows > 0) data.test = data.encoder->encode(table, train_rows, test_rows, ports);
  data.test.source = path.string() + " (test)";
  return data;
}

LoadedData load_folder(const fs::path& folder, const ModelPorts& ports, const LoadOptions& options) {
  if (plain_or_packed(folder / "train-images-idx3-ubyte") || plain_or_packed(folder / "train-labels-idx1-ubyte"))
    return load_mnist(folder, ports);
  if (const fs::path train = folder / "train.csv", test = folder / "test.csv"; there(train))
    return csv_cached(train, there(test) ? &test : nullptr, ports, options, [&] { return load_csv_folder(folder, ports, options); });
  const auto names = member_names(ports, "train");
  if (std::ranges::any_of(names, [&](const std::string& name) { return there(folder / (name + ".npy")); }))
    return load_npy_folder(folder, ports);
  if (there(folder / "data_batch_1.bin") || there(folder / "train.bin")) return load_cifar(folder, ports);
  if (ports.targets.size() == 1)
    if (auto parts = list_image_folder(folder, ports.targets.front(), options.images.classes))
      return load_image_parts(std::move(*parts), ports, options.images, options.cache);
  throw UserError(
      fmt::format("{} holds no data set: train-images-idx3-ubyte[.gz], {}.npy, train.csv, data_batch_1.bin of CIFAR or a folder "
                  "of images per class was expected",
                  folder.string(), names.empty() ? "x_train" : names.front()));
}

// ---- prediction

Fetch fetch_prediction_member(const fs::path& path, const std::vector<NamedArray>& arrays, const ModelPorts& ports) {
  for (const std::string prefix : {"x", "x_test"})
    if (std::ranges::find(arrays, member_name(prefix, ports.inputs, 0), &NamedArray::name) != arrays.end())
      return [find = fetch_member(path, arrays), prefix](const std::string& name) { return find(prefix + name.substr(1)); };
  if (arrays.size() == 1 && ports.inputs.size() == 1) return [&arrays](const std::string&) { return arrays.front().array; };
  throw UserError(
      fmt::format("{}: there is neither a member {}.npy nor just one member", path.string(), member_name("x", ports.inputs, 0)));
}

}  // namespace

LoadedData load_dataset(const fs::path& path, const ModelPorts& ports, const LoadOptions& options) {
  std::error_code ignored;
  if (fs::is_directory(path, ignored)) return load_folder(path, ports, options);
  if (!fs::exists(path, ignored)) throw UserError(fmt::format("there is no file or folder {}; name one with --data", path.string()));
  if (path.extension() == ".npz") return load_npz(path, ports);
  if (path.extension() == ".csv") return csv_cached(path, nullptr, ports, options, [&] { return load_csv(path, ports, options); });
  throw UserError(fmt::format("{} is no data set: a folder, .npz or .csv was expected", path.string()));
}

Dataset load_inputs(const fs::path& path, const ModelPorts& ports, const CsvEncoder* encoder) {
  if (path.extension() == ".csv") {
    if (encoder == nullptr)
      throw UserError(
          fmt::format("{}: the model was not trained on CSV, its encoding of columns is unknown; give .npy rows", path.string()));
    const CsvTable table = CsvTable::read(path, encoder->separator());
    if (table.rows() == 0) throw UserError(fmt::format("{}: there are no rows", path.string()));
    return encoder->encode_inputs(table, ports);
  }
  const ModelPorts inputs{ports.model, ports.inputs, {}};
  std::vector<std::string> names;
  for (std::size_t i = 0; i < ports.inputs.size(); ++i) names.push_back(member_name("x", ports.inputs, i));
  if (path.extension() == ".npz") {
    const auto arrays = read_npz(path);
    return assemble(inputs, names, fetch_prediction_member(path, arrays, ports), path.string());
  }
  if (ports.inputs.size() != 1)
    throw UserError(
        fmt::format("{}: model {} has {} inputs; give an .npz with one member per input", path.string(), ports.model, ports.inputs.size()));
  const auto fetch = [&](const std::string&) { return path.extension() == ".npy" ? read_npy(path) : read_idx(path); };
  return assemble(inputs, names, fetch, path.string());
}

}  // namespace ingot::runtime
