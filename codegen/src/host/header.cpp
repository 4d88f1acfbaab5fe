#include "host/header.hpp"

#include "host/source_text.hpp"
#include "ir/error.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <sstream>
#include <vector>

namespace ingot::codegen {

namespace {

/// Replaces every `@key@` of a template text.
std::string fill(std::string_view text, const std::map<std::string, std::string>& values) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t begin = text.find('@', at);
    if (begin == std::string_view::npos) return out += text.substr(at);
    const std::size_t end = text.find('@', begin + 1);
    if (end == std::string_view::npos) throw InternalError("host: the template of the header has an open key");
    out += text.substr(at, begin - at);
    out += values.at(std::string(text.substr(begin + 1, end - begin - 1)));
    at = end + 1;
  }
  return out;
}

/// "std::array<std::array<float, 512>, 784>" for a kernel [784, 512]; the element itself for a scalar.
std::string array_type(const ingot_tensor& t) {
  std::string type(cpp_type(t.dtype));
  for (std::uint32_t k = t.rank; k-- > 0;) type.insert(0, "std::array<").append(", " + std::to_string(t.dims[k]) + ">");
  return type;
}

/// Different identifiers for different names, whatever the names.
class Names {
 public:
  std::string take(std::string_view name) {
    std::string id = identifier(name);
    while (std::find(taken_.begin(), taken_.end(), id) != taken_.end()) id += '_';
    return taken_.emplace_back(id);
  }

 private:
  std::vector<std::string> taken_;
};

struct Port {
  std::string member, row_type, definition;
};

std::vector<Port> make_ports(const ingot_tensor* tensors, std::uint32_t count, const std::vector<std::string>& names, Names& members,
                             Names& types) {
  std::vector<Port> ports;
  for (std::uint32_t i = 0; i < count; ++i)
    ports.push_back({members.take(names[i]), types.take(names[i] + "_row"), array_type(tensors[i])});
  return ports;
}

std::vector<std::string> names_of(const ingot_tensor* tensors, std::uint32_t count) {
  std::vector<std::string> names;
  for (std::uint32_t i = 0; i < count; ++i) names.emplace_back(tensors[i].name);
  return names;
}

/// Targets are named after their outputs in the manifest; here both lie side by side.
std::vector<std::string> target_names(const ingot_model& model) {
  std::vector<std::string> names = names_of(model.targets, model.n_targets);
  const std::size_t targets = names.size() - (model.recipe.sample_weights != 0 ? 1 : 0);  // the last is the weight of the row
  for (std::size_t i = 0; i < targets; ++i) names[i] = targets == 1 ? "target" : names[i] + "_target";
  return names;
}

/// A parameter: its place in `parameters` and its number among the states.
struct Parameter {
  std::string layer, member, type;
  std::uint32_t state = 0;
};

std::vector<Parameter> make_parameters(const ingot_program& program) {
  std::vector<Parameter> parameters;
  std::map<std::string, std::string> layers;  // as declared -> as identifier
  std::map<std::string, Names> members;
  Names top;
  for (std::uint32_t i = 0; i < program.n_states; ++i) {
    if (program.states[i].role != INGOT_PARAMETER && program.states[i].role != INGOT_FROZEN) continue;
    const std::string_view name = program.states[i].tensor.name;
    const std::size_t dot = std::min(name.rfind('.'), name.size());
    const std::string layer(name.substr(0, dot));
    const std::string tensor(dot < name.size() ? name.substr(dot + 1) : "value");
    if (!layers.contains(layer)) layers[layer] = top.take(layer);
    parameters.push_back({layers[layer], members[layer].take(tensor), array_type(program.states[i].tensor), i});
  }
  return parameters;
}

std::string parameter_struct(const std::vector<Parameter>& parameters) {
  std::string text;
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    if (i == 0 || parameters[i].layer != parameters[i - 1].layer) text += "  struct " + parameters[i].layer + "_tensors {\n";
    text += "    " + parameters[i].type + " " + parameters[i].member + ";\n";
    if (i + 1 == parameters.size() || parameters[i].layer != parameters[i + 1].layer) text += "  } " + parameters[i].layer + ";\n";
  }
  return text;
}

const ingot_entry& entry_of(const ingot_program& program, ingot_entry_kind kind) {
  for (std::uint32_t i = 0; i < program.n_entries; ++i)
    if (program.entries[i].kind == static_cast<std::uint32_t>(kind)) return program.entries[i];
  throw InternalError("host: a header needs train, evaluate and predict");
}

/// "{values[0], values[1]}": the metrics of `entry` in the order of the training step; one that it lacks stays 0.
std::string metric_values(const ingot_entry& train, const ingot_entry& entry) {
  std::string text;
  for (std::uint32_t i = 0; i < train.n_metrics; ++i) {
    std::string value = "0";
    for (std::uint32_t k = 0; k < entry.n_metrics; ++k)
      if (std::string_view(train.metrics[i]) == entry.metrics[k]) value = "values[" + std::to_string(k) + "]";
    text += (i > 0 ? ", " : "") + value;
  }
  return "{" + text + "}";
}

/// Where the numbers of the header come from: "units = 32, act = relu".
std::string point_text(const ingot_model& model) {
  std::string text;
  for (std::uint32_t i = 0; i < model.n_hps; ++i) {
    const ingot_hp& hp = model.hps[i];
    if (hp.structural == 0) continue;
    std::ostringstream value;
    value << hp.initial;
    for (std::uint32_t k = 0; k < hp.n_choices; ++k)
      if (hp.labels[k] != nullptr && hp.choices[k] == hp.initial) value.str(hp.labels[k]);
    text += (text.empty() ? "" : ", ") + std::string(hp.name) + " = " + value.str();
  }
  return text.empty() ? "the declaration as it is" : text;
}

std::string row_types(const std::vector<Port>& ports) {
  std::string text;
  for (const Port& p : ports) text += "using " + p.row_type + " = " + p.definition + ";\n";
  return text;
}

std::string spans(const std::vector<Port>& ports, std::string_view qualifier) {
  std::string text;
  for (const Port& p : ports) text += "  std::span<" + std::string(qualifier) + p.row_type + "> " + p.member + ";\n";
  return text;
}

/// "rows.a.data(), rows.b.data()"
std::string each(const std::vector<Port>& ports, std::string_view object, std::string_view what) {
  std::string text;
  for (const Port& p : ports) text += (text.empty() ? "" : ", ") + std::string(object) + "." + p.member + std::string(what);
  return text;
}

/// Of the program that embeds the model; this one knows nothing of the runtime.
constexpr std::array runtime_headers{"device/open_device.hpp", "model/instance.hpp", "model/program.hpp", "train/weights.hpp"};

constexpr std::string_view header_template =
    R"(// The model `@name@` for programs that embed it. Written by its generator: changes are lost.
//
// Built for @point@ and at most @batch@ rows in a call; a call may bring fewer. One object of class `model` holds weights and
// optimizer state, serves one caller at a time, and allocates nothing in a call once each kind of call has run before.
#pragma once
@runtime_headers@
#include <array>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <stdexcept>

extern "C" const ingot_model ingot_model_@symbol@;

namespace ingot_models::@symbol@ {

inline constexpr std::uint32_t batch_rows = @batch@;

// One row of each input, target and output.
@row_types@
struct inputs {
@input_spans@};

struct batch {
@batch_spans@};

struct outputs {
@output_spans@};

/// Means over the rows of a call; the loss includes regularization.
struct metrics {
@metric_members@};

/// Every trained tensor, row-major; kernels are [in][out]. Large: keep it on the heap.
struct parameters {
@parameter_members@};

class model {
 public:
  /// Fresh weights drawn from `seed`. Results do not depend on the number of threads.
  explicit model(std::uint64_t seed = 0, std::uint32_t threads = 1) : model(seed, {"cpu", threads, {}}) {}
  /// On a device: {"cuda"} is the first GPU. Its programs are built with TARGETS ... cuda, or compiled when they are asked for.
  model(std::uint64_t seed, const ingot::runtime::DeviceOptions& device)
      : device_(ingot::runtime::open_device(device)),
        seed_(seed),
        instance_(point(), program(*device_), *device_),
        learning_rate_(point().value(ingot_model_@symbol@.recipe.learning_rate)) {
    instance_.initialize(seed);
  }

  /// One update; returns the metrics before it.
  metrics train_step(const batch& rows) {
    ++steps_;
    const auto values = run(INGOT_TRAIN, rows);
    return @train_values@;
  }
  metrics evaluate(const batch& rows) {
    const auto values = run(INGOT_EVALUATE, rows);
    return @evaluate_values@;
  }
  /// Fills one row of every output for each row of the inputs.
  void predict(const inputs& rows, const outputs& results) {
    const std::uint32_t n = count({@input_sizes@});
    for (const std::size_t size : {@output_sizes@})
      if (size < n) throw std::invalid_argument("@symbol@: fewer output rows than input rows");
    const std::array<const void*, @n_inputs@> in{@input_data@};
    const std::array<void*, @n_outputs@> out{@output_data@};
    instance_.run(INGOT_PREDICT, {in.data(), input_dtypes.data(), nullptr, nullptr, n}, numbers(), out.data());
  }

  /// For the steps that follow.
  void set_learning_rate(double rate) { learning_rate_ = rate; }
  [[nodiscard]] double learning_rate() const { return learning_rate_; }
  [[nodiscard]] std::uint64_t steps() const { return steps_; }

  [[nodiscard]] std::unique_ptr<parameters> read_parameters() const {
    auto p = std::make_unique<parameters>();
@get_parameters@    return p;
  }
  /// Optimizer state is kept.
  void write_parameters(const parameters& p) {
@set_parameters@  }

  /// Weights as safetensors, as the command line reads and writes them; throws ingot::runtime::Error.
  void save(const std::filesystem::path& path) const { ingot::runtime::save_weights(path, instance_); }
  void load(const std::filesystem::path& path) { ingot::runtime::load_weights(path, instance_); }

 private:
  static constexpr std::array<std::uint32_t, @n_inputs@> input_dtypes{@input_dtypes@};

  static ingot::runtime::Point point() { return ingot::runtime::Point(ingot_model_@symbol@); }
  static ingot::runtime::Program program(const ingot::runtime::Device& device) {
    ingot::runtime::ProgramRequest request;
    request.batch = batch_rows;
    request.target = device.target();
    return ingot::runtime::ProgramSource(ingot_model_@symbol@).get(point(), request);
  }
  static std::uint32_t count(std::initializer_list<std::size_t> sizes) {
    const std::size_t n = *sizes.begin();
    for (const std::size_t size : sizes)
      if (size != n) throw std::invalid_argument("@symbol@: inputs and targets differ in their number of rows");
    if (n < 1 || n > batch_rows) throw std::invalid_argument("@symbol@: a call takes 1 to @batch@ rows");
    return static_cast<std::uint32_t>(n);
  }
  [[nodiscard]] ingot::runtime::StepNumbers numbers() const { return {steps_ > 0 ? steps_ : 1, seed_, learning_rate_}; }
  std::span<const double> run(ingot_entry_kind kind, const batch& rows) {
    const std::uint32_t n = count({@batch_sizes@});
    const std::array<const void*, @n_inputs@> in{@batch_input_data@};
    const std::array<const void*, @n_targets@> targets{@batch_target_data@};
    return instance_.run(kind, {in.data(), input_dtypes.data(), targets.data(), nullptr, n}, numbers());
  }

  std::unique_ptr<ingot::runtime::Device> device_;
  std::uint64_t seed_ = 0, steps_ = 0;
  ingot::runtime::Instance instance_;
  double learning_rate_;
};

}  // namespace ingot_models::@symbol@
)";

void add_parameter_keys(std::map<std::string, std::string>& keys, const ingot_program& program) {
  const std::vector<Parameter> parameters = make_parameters(program);
  keys["parameter_members"] = parameter_struct(parameters);
  for (const Parameter& p : parameters) {
    const std::string place = p.layer + "." + p.member + ".data()";
    keys["get_parameters"] += "    instance_.get(" + std::to_string(p.state) + ", p->" + place + ");\n";
    keys["set_parameters"] += "    instance_.set(" + std::to_string(p.state) + ", p." + place + ");\n";
  }
}

void add_port_keys(std::map<std::string, std::string>& keys, const ingot_model& model) {
  Names types, batch_members, output_members;
  const std::vector<Port> inputs = make_ports(model.inputs, model.n_inputs, names_of(model.inputs, model.n_inputs), batch_members, types);
  const std::vector<Port> targets = make_ports(model.targets, model.n_targets, target_names(model), batch_members, types);
  const std::vector<Port> outputs =
      make_ports(model.outputs, model.n_outputs, names_of(model.outputs, model.n_outputs), output_members, types);
  keys["row_types"] = row_types(inputs) + row_types(targets) + row_types(outputs);
  keys["input_spans"] = spans(inputs, "const ");
  keys["batch_spans"] = spans(inputs, "const ") + spans(targets, "const ");
  keys["output_spans"] = spans(outputs, "");
  keys["n_inputs"] = std::to_string(inputs.size());
  keys["n_targets"] = std::to_string(targets.size());
  keys["n_outputs"] = std::to_string(outputs.size());
  keys["input_sizes"] = each(inputs, "rows", ".size()");
  keys["input_data"] = keys["batch_input_data"] = each(inputs, "rows", ".data()");
  keys["batch_target_data"] = each(targets, "rows", ".data()");
  keys["batch_sizes"] = keys["input_sizes"] + (targets.empty() ? "" : ", ") + each(targets, "rows", ".size()");
  keys["output_sizes"] = each(outputs, "results", ".size()");
  keys["output_data"] = each(outputs, "results", ".data()");
  for (std::uint32_t i = 0; i < model.n_inputs; ++i)
    keys["input_dtypes"] += (i > 0 ? ", " : "") + std::string(dtype_constant(model.inputs[i].dtype));
}

}  // namespace

std::string model_header(const ingot_model& model, std::string_view symbol) {
  if (model.n_points == 0 || model.points[0].f32 == nullptr) throw InternalError("host: a header needs a program built ahead");
  const ingot_program& program = *model.points[0].f32;
  const ingot_entry& train = entry_of(program, INGOT_TRAIN);
  std::map<std::string, std::string> keys{{"name", model.name},
                                          {"symbol", std::string(symbol)},
                                          {"point", point_text(model)},
                                          {"batch", std::to_string(program.batch)},
                                          {"train_values", metric_values(train, train)},
                                          {"evaluate_values", metric_values(train, entry_of(program, INGOT_EVALUATE))}};
  Names metrics;
  for (std::uint32_t i = 0; i < train.n_metrics; ++i) keys["metric_members"] += "  double " + metrics.take(train.metrics[i]) + " = 0;\n";
  for (const char* file : runtime_headers) keys["runtime_headers"] += "#include <ingot/runtime/" + std::string(file) + ">\n";
  for (const char* key : {"get_parameters", "set_parameters", "input_dtypes", "metric_members"}) keys[key];
  add_parameter_keys(keys, program);
  add_port_keys(keys, model);
  return fill(header_template, keys);
}

}  // namespace ingot::codegen
