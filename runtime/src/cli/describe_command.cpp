#include "cli/describe_launches.hpp"
#include "cli/describe_weights.hpp"
#include "cli/point_json.hpp"
#include "cli/progress.hpp"
#include "cli/setup.hpp"

#include <fmt/format.h>
#include <ingot/runtime/search/space.hpp>

#include <algorithm>

namespace ingot::runtime::cli {
namespace {

struct Totals {
  std::uint64_t parameters = 0, bytes = 0, unfused = 0;
  double flops = 0;
};

std::uint64_t parameters(const ingot_program& program) {
  std::uint64_t sum = 0;
  for (std::uint32_t i = 0; i < program.n_states; ++i)
    if (program.states[i].role == INGOT_PARAMETER || program.states[i].role == INGOT_FROZEN) sum += program.states[i].tensor.elements;
  return sum;
}

Totals totals(const ingot_program& program, const ingot_entry& entry) {
  Totals t;
  t.parameters = parameters(program);
  for (std::uint32_t k = 0; k < entry.n_kernels; ++k) {
    t.bytes += entry.kernels[k].bytes;
    t.unfused += entry.kernels[k].unfused_bytes;
    t.flops += entry.kernels[k].flops;
  }
  return t;
}

std::string dims(const ingot_tensor& tensor) {
  std::string text = "[";
  for (std::uint32_t d = 0; d < tensor.rank; ++d) text += fmt::format("{}{}", d ? ", " : "", tensor.dims[d]);
  return text + "]";
}

void print_model(const ingot_model& model, const Space& space) {
  print_line(fmt::format("model {}", model.name));
  print_line(fmt::format("\n{:<20} {:<12} {:<16} {:>12}", "layer", "kind", "output", "parameters"));
  for (std::uint32_t i = 0; i < model.n_layers; ++i)
    print_line(fmt::format("{:<20} {:<12} {:<16} {:>12}", model.layers[i].name, model.layers[i].kind, model.layers[i].output,
                           grouped(static_cast<double>(model.layers[i].parameters))));
  print_line("\nspace: " + space.size_text());
  for (const std::string& line : space.lines()) print_line("  " + line);
  print_line(fmt::format("proof: {}", model.proof));
}

void print_choices(const ingot_entry& entry) {
  bool any = false;
  for (std::uint32_t k = 0; k < entry.n_kernels; ++k) {
    if (entry.kernels[k].choice[0] == '\0') continue;
    if (!any) print_line("\nconvolutions");
    any = true;
    print_line(fmt::format("  {:<28} {}", entry.kernels[k].name, entry.kernels[k].choice));
  }
  if (any) print_line("");
}

/// How much smaller the arena is for what is computed again, and at what price.
void print_limit(const ingot_entry& entry) {
  if (entry.arena_bytes == entry.unlimited_arena_bytes) return;
  std::uint32_t again = 0;
  double flops = 0;
  for (std::uint32_t k = 0; k < entry.n_kernels; ++k) {
    if (!std::string_view(entry.kernels[k].name).ends_with("/again")) continue;
    ++again;
    flops += entry.kernels[k].flops;
  }
  print_line(fmt::format("step_memory: arena {} bytes instead of {}; {} kernels run again, {:.3g} MFLOP",
                         grouped(static_cast<double>(entry.arena_bytes)), grouped(static_cast<double>(entry.unlimited_arena_bytes)), again,
                         flops * 1e-6));
}

void print_program(const Point& point, const ingot_program& program, const ingot_entry& entry) {
  const Totals t = totals(program, entry);
  const std::string at = point.describe();
  print_line(fmt::format("\nstep at {}{}batch {}, {}: {} parameters, plan {}", at, at.empty() ? "" : ", ", program.batch, program.target,
                         grouped(static_cast<double>(t.parameters)), program.plan_hash));
  for (std::uint32_t i = 0; i < program.n_states; ++i)
    if (program.states[i].role != INGOT_SLOT)
      print_line(fmt::format("  {:<28} {}", program.states[i].tensor.name, dims(program.states[i].tensor)));
  print_line(fmt::format("\n{:<28} {:<12} {:>5} {:>6} {:>13} {:>13}  {}", "kernel", "kind", "phase", "groups", "bytes", "unfused", "ops"));
  for (std::uint32_t k = 0; k < entry.n_kernels; ++k) {
    const ingot_kernel& kernel = entry.kernels[k];
    print_line(fmt::format("{:<28} {:<12} {:>5} {:>6} {:>13} {:>13}  {}", kernel.name, kernel.kind, kernel.phase, kernel.groups,
                           grouped(static_cast<double>(kernel.bytes)), grouped(static_cast<double>(kernel.unfused_bytes)), kernel.ops));
  }
  print_choices(entry);
  const double ratio = t.unfused > 0 ? static_cast<double>(t.bytes) / static_cast<double>(t.unfused) : 1;
  print_line(fmt::format("{} kernels in {} phases; {} bytes a step, {:.2f} of the {} unfused; {:.3g} MFLOP; arena {} bytes",
                         entry.n_kernels, entry.phases, grouped(static_cast<double>(t.bytes)), ratio,
                         grouped(static_cast<double>(t.unfused)), t.flops * 1e-6, grouped(static_cast<double>(entry.arena_bytes))));
  print_limit(entry);
}

void add_model(JsonWriter& w, const ingot_model& model, const Space& space) {
  w.add("model", model.name).begin_array("layers");
  for (std::uint32_t i = 0; i < model.n_layers; ++i)
    w.begin_object()
        .add("name", model.layers[i].name)
        .add("kind", model.layers[i].kind)
        .add("output", model.layers[i].output)
        .add("parameters", model.layers[i].parameters)
        .end_object();
  w.end_array().add("space_size", space.size()).begin_array("space");
  for (const std::string& line : space.lines()) w.add({}, line);
  w.end_array().add("proof", model.proof);
}

void add_program(JsonWriter& w, const Point& point, const ingot_program& program, const ingot_entry& entry) {
  const Totals t = totals(program, entry);
  add_point(w, "point", point);
  w.add("batch", program.batch).add("target", program.target).add("plan_hash", program.plan_hash).add("parameters", t.parameters);
  w.begin_array("tensors");
  for (std::uint32_t i = 0; i < program.n_states; ++i)
    if (program.states[i].role != INGOT_SLOT)
      w.begin_object().add("name", program.states[i].tensor.name).raw("shape", dims(program.states[i].tensor)).end_object();
  w.end_array().begin_array("kernels");
  for (std::uint32_t k = 0; k < entry.n_kernels; ++k) {
    const ingot_kernel& kernel = entry.kernels[k];
    w.begin_object().add("name", kernel.name).add("ops", kernel.ops).add("kind", kernel.kind).add("phase", kernel.phase);
    w.add("groups", kernel.groups).add("bytes", kernel.bytes).add("unfused_bytes", kernel.unfused_bytes).add("flops", kernel.flops);
    if (kernel.choice[0] != '\0') w.add("choice", kernel.choice);
    w.end_object();
  }
  w.end_array().add("kernels_per_step", entry.n_kernels).add("phases", entry.phases).add("bytes_per_step", t.bytes);
  w.add("unfused_bytes_per_step", t.unfused).add("flops_per_step", t.flops).add("arena_bytes", entry.arena_bytes);
  w.add("unlimited_arena_bytes", entry.unlimited_arena_bytes);
}

}  // namespace

int describe_command(const Invocation& call) {
  const bool trained = !call.options.weights.empty();
  const Point point = trained ? trained_point(call, weights_path(call)) : chosen_point(call);
  const Space space(call.model);
  ProgramSource source(call.model);
  std::optional<CudaDevice> cuda;
  ProgramRequest request;
  request.batch = chosen_batch(call, point);
  if (call.options.cuda)
    request.target = cuda.emplace(CudaOptions{*call.options.cuda, call.options.cuda_driver, call.options.threads}).target();
  const Program program = source.get(point, request);
  const ingot_entry* entry = program.entry(INGOT_TRAIN);
  if (!entry) throw UserError(fmt::format("{} has no training step to describe", call.model.name));
  std::optional<DescribedWeights> weights;
  if (trained) weights = describe_weights(call);
  if (call.options.json) {
    JsonWriter w;
    w.begin_object();
    add_model(w, call.model, space);
    add_program(w, point, *program, *entry);
    if (weights) add_weights(w, *weights);
    if (cuda) add_launches(w, *cuda, call.model, program);
    print_json(w.end_object().text());
  } else {
    print_model(call.model, space);
    print_program(point, *program, *entry);
    if (weights) print_weights(*weights);
    if (cuda) print_launches(*cuda, call.model, program);
  }
  return exit_done;
}

}  // namespace ingot::runtime::cli
