#include "cli/json_writer.hpp"
#include "cli/setup.hpp"

#include <fmt/format.h>
#include <ingot/runtime/data/npy.hpp>
#include <ingot/runtime/train/weights.hpp>

namespace ingot::runtime::cli {
namespace {

namespace fs = std::filesystem;

std::vector<NamedArray> arrays(const Instance& instance) {
  std::vector<NamedArray> result;
  for (std::uint32_t i = 0; i < instance.states().size(); ++i) {
    const ingot_state& state = instance.states()[i];
    if (state.role == INGOT_SLOT) continue;
    Array array;
    array.type = state.tensor.dtype == INGOT_F64 ? ElementType::f64 : ElementType::f32;
    array.shape.assign(state.tensor.dims, state.tensor.dims + state.tensor.rank);
    array.source = state.tensor.name;
    const auto memory = allocate_bytes(array.bytes(), state.tensor.name);
    instance.get(i, memory.get());
    array.data = memory;
    result.push_back({state.tensor.name, std::move(array)});
  }
  return result;
}

fs::path export_object(const Invocation& call, const fs::path& folder) {
  const Point point = call.options.weights.empty() ? chosen_point(call) : trained_point(call, weights_path(call));
  ProgramRequest request;
  request.batch = chosen_batch(call, point);
  request.target = call.options.target.empty() ? "host" : call.options.target;
  if (!call.options.weights.empty()) request.variant = weights_variant(weights_path(call));
  request.object = folder / fmt::format("{}.o", call.model.name);
  ProgramSource source(call.model);
  const Program program = source.get(point, request);
  return request.object;
}

fs::path export_weights(const Invocation& call, const fs::path& folder) {
  ProgramSource source(call.model);
  CpuDevice device(1);
  const TrainedModel trained = load_trained(call, source, device);
  if (call.options.to == "npz") {
    const fs::path file = folder / fmt::format("{}.npz", call.model.name);
    write_npz(file, arrays(*trained.instance));
    return file;
  }
  const fs::path file = folder / (call.options.sparse ? "model.sparse.safetensors" : "model.safetensors");
  save_weights(file, *trained.instance, call.options.sparse ? WeightForm::sparse : WeightForm::dense);
  return file;
}

}  // namespace

int export_command(const Invocation& call) {
  const fs::path folder = out_folder(call);
  make_folder(folder);
  const fs::path file = call.options.to == "object" ? export_object(call, folder) : export_weights(call, folder);
  const std::uintmax_t bytes = fs::file_size(file);
  if (call.options.json)
    print_json(JsonWriter().begin_object().add("to", call.options.to).add("file", file.string()).add("bytes", bytes).end_object().text());
  else
    print_line(fmt::format("{}: {} bytes", file.string(), bytes));
  return exit_done;
}

}  // namespace ingot::runtime::cli
