#include "host/manifest_source.hpp"

#include "host/device_source.hpp"
#include "host/program_source.hpp"
#include "host/recipe_source.hpp"
#include "host/source_text.hpp"

#include <array>
#include <sstream>

namespace ingot::codegen {

std::string program_prefix(std::string_view symbol, std::string_view target, std::uint32_t dtype) {
  const std::size_t dash = target.rfind('-');
  const std::string_view level = dash == std::string_view::npos ? target : target.substr(dash + 1);
  return std::string(symbol) + "_" + identifier(level) + (dtype == INGOT_F64 ? "_f64" : "_f32");
}

namespace {

constexpr std::array<const char*, 7> hp_constants{
    "0", "INGOT_HP_INTEGER", "INGOT_HP_REAL", "INGOT_HP_BOOLEAN", "INGOT_HP_CHOICE_INT", "INGOT_HP_CHOICE_REAL", "INGOT_HP_CHOICE_LABEL"};

class Writer {
 public:
  Writer(const ingot_model& model, std::string_view symbol) : model_(model), symbol_(symbol) {}
  std::string write();

 private:
  template <class T, class Row>
  std::string table(std::string_view type, const std::string& name, const T* rows, std::size_t count, Row&& row) {
    return write_table(out_, type, name, rows, count, std::forward<Row>(row));
  }
  std::string tensors(const std::string& name, const ingot_tensor* rows, std::size_t count) {
    return table("ingot_tensor", name, rows, count, tensor_row);
  }
  std::string strings(const std::string& name, const char* const* rows, std::size_t count) {
    return write_strings(out_, name, rows, count);
  }
  std::string numbers(const std::string& name, const std::uint32_t* rows, std::size_t count) {
    return table("uint32_t", name, rows, count, [](std::uint32_t n) { return std::to_string(n); });
  }

  template <class Visit>
  void each_program(Visit&& visit) {
    for (std::uint32_t i = 0; i < model_.n_points; ++i)
      for (const ingot_program* program : {model_.points[i].f32, model_.points[i].f64})
        if (program != nullptr) visit(*program, program_prefix(symbol_, model_.points[i].target, program->dtype));
  }
  template <class Visit>
  void each_device_program(Visit&& visit) {
    for (std::uint32_t i = 0; i < model_.n_points; ++i)
      if (model_.points[i].device != nullptr) visit(*model_.points[i].device, program_prefix(symbol_, model_.points[i].target, INGOT_F32));
  }
  void declare(const ingot_program& p, const std::string& prefix);
  std::string entry_row(const ingot_entry& e, const std::string& prefix);
  void program(const ingot_program& p, const std::string& prefix);
  static std::string hp_row(const ingot_hp& hp);
  void definition();
  void model();

  const ingot_model& model_;
  std::string symbol_;
  std::ostringstream out_;
};

void Writer::declare(const ingot_program& p, const std::string& prefix) {
  for (std::uint32_t i = 0; i < p.n_entries; ++i)
    out_ << "void " << prefix << '_' << entry_text(p.entries[i].kind) << "(const ingot_call* call, uint32_t thread, uint32_t threads);\n";
  out_ << "void " << prefix << "_pack(void* state, uint32_t i, const void* canonical);\n";
  out_ << "void " << prefix << "_unpack(const void* state, uint32_t i, void* canonical);\n";
}

std::string Writer::entry_row(const ingot_entry& e, const std::string& prefix) {
  const std::string name = prefix + "_" + std::string(entry_text(e.kind));
  const std::string metrics = strings(name + "_metrics", e.metrics, e.n_metrics);
  const std::string results = tensors(name + "_results", e.results, e.n_results);
  const std::string kernels = table("ingot_kernel", name + "_kernels", e.kernels, e.n_kernels, [](const ingot_kernel& k) {
    std::ostringstream row;
    row << '{' << quoted(k.name) << ", " << quoted(k.ops) << ", " << quoted(k.kind) << ", " << k.phase << ", " << k.groups << ", "
        << k.bytes << ", " << k.unfused_bytes << ", " << literal(k.flops) << ", " << quoted(k.choice) << '}';
    return row.str();
  });
  std::ostringstream row;
  row << '{' << entry_constant(e.kind) << ", " << e.n_metrics << ", " << metrics << ", " << e.n_results << ", " << e.n_kernels << ", "
      << results << ", " << kernels << ", " << e.arena_bytes << ", " << e.unlimited_arena_bytes << ", " << e.phases << ", 0, " << name
      << '}';
  return row.str();
}

void Writer::program(const ingot_program& p, const std::string& prefix) {
  out_ << "\n// ---- program " << prefix << ": " << p.target << ", " << p.batch << " rows\n";
  const std::string states = table("ingot_state", prefix + "_states", p.states, p.n_states, state_row);
  const std::string scalars = table("ingot_scalar", prefix + "_scalars", p.scalars, p.n_scalars, scalar_row);
  std::string rows;
  for (std::uint32_t i = 0; i < p.n_entries; ++i) rows += "  " + entry_row(p.entries[i], prefix) + ",\n";
  out_ << "const ingot_entry " << prefix << "_entries[] = {\n" << rows << "};\n";
  out_ << "const ingot_program " << prefix << " = {\n  " << dtype_constant(p.dtype) << ", " << p.batch << ", " << p.n_states << ", "
       << p.n_scalars << ", " << p.n_entries << ", 0,\n  " << states << ", " << scalars << ", " << prefix << "_entries, " << p.state_bytes
       << ",\n  " << prefix << "_pack, " << prefix << "_unpack,\n  " << quoted(p.target) << ", " << quoted(p.plan_hash) << ",\n  "
       << quoted(p.plan) << "};\n";
}

std::string Writer::hp_row(const ingot_hp& hp) {
  std::ostringstream row;
  row << '{' << quoted(hp.name) << ", " << hp_constants[hp.kind] << ", " << hp.log << ", " << hp.structural << ", " << hp.guard << ", "
      << hp.n_choices << ", 0, " << literal(hp.low) << ", " << literal(hp.high) << ", " << literal(hp.step) << ", {";
  for (std::uint32_t i = 0; i < hp.n_choices; ++i) row << (i > 0 ? ", " : "") << literal(hp.choices[i]);
  row << "}, {";
  for (std::uint32_t i = 0; i < hp.n_choices; ++i) row << (i > 0 ? ", " : "") << quoted(hp.labels[i]);
  row << "}, " << literal(hp.initial) << '}';
  return row.str();
}

void Writer::definition() {
  const auto* bytes = static_cast<const unsigned char*>(model_.definition);
  out_ << "alignas(16) const unsigned char " << symbol_ << "_definition[] = {";
  for (std::uint64_t i = 0; i < model_.definition_bytes; ++i) out_ << (i % 32 == 0 ? "\n  " : "") << static_cast<unsigned>(bytes[i]) << ',';
  out_ << "\n};\n";
}

void Writer::model() {
  const ingot_model& m = model_;
  const std::string inputs = tensors(symbol_ + "_inputs", m.inputs, m.n_inputs);
  const std::string targets = tensors(symbol_ + "_targets", m.targets, m.n_targets);
  const std::string outputs = tensors(symbol_ + "_outputs", m.outputs, m.n_outputs);
  const std::string losses = strings(symbol_ + "_losses", m.losses, m.n_outputs);
  const std::string classes = numbers(symbol_ + "_classes", m.classes, m.n_outputs);
  const std::string activations = strings(symbol_ + "_activations", m.output_activations, m.n_outputs);
  const std::string from_logits = numbers(symbol_ + "_from_logits", m.from_logits, m.n_outputs);
  const std::string hps = table("ingot_hp", symbol_ + "_hps", m.hps, m.n_hps, [](const ingot_hp& hp) { return hp_row(hp); });
  const std::string guards = table("ingot_guard", symbol_ + "_guards", m.guards, m.n_guards, [](const ingot_guard& g) {
    return "{" + std::to_string(g.hp) + ", " + std::to_string(g.parent) + ", " + std::to_string(g.at_least) + ", " +
           std::to_string(g.equals) + "}";
  });
  const std::string layers = table("ingot_layer", symbol_ + "_layers", m.layers, m.n_layers, [](const ingot_layer& l) {
    return "{" + quoted(l.name) + ", " + quoted(l.kind) + ", " + quoted(l.output) + ", " + std::to_string(l.parameters) + "}";
  });
  const std::string points = table("ingot_point", symbol_ + "_points", m.points, m.n_points, [this](const ingot_point& p) {
    const auto reference = [&](const ingot_program* q) {
      return q != nullptr ? "&" + program_prefix(symbol_, p.target, q->dtype) : "nullptr";
    };
    const std::string device = p.device != nullptr ? "&" + program_prefix(symbol_, p.target, INGOT_F32) : "nullptr";
    return "{" + quoted(p.target) + ", " + reference(p.f32) + ", " + reference(p.f64) + ", " + device + "}";
  });
  definition();
  out_ << "\n}  // namespace\n\nextern \"C\" {\nextern const ingot_model ingot_model_" << symbol_ << ";\nconst ingot_model ingot_model_"
       << symbol_ << " = {\n  INGOT_ABI_VERSION, " << m.n_inputs << ", " << m.n_targets << ", " << m.n_outputs << ", " << m.n_hps << ", "
       << m.n_guards << ", " << m.n_layers << ", " << m.n_points << ",\n  " << quoted(m.name) << ", " << inputs << ", " << targets << ", "
       << outputs << ",\n  " << losses << ", " << classes << ", " << activations << ", " << from_logits << ",\n  " << hps << ", " << guards
       << ",\n"
       << "  " << recipe_source(m.recipe) << ",\n  " << layers << ",\n  " << quoted(m.proof) << ",\n  " << points << ", " << symbol_
       << "_definition, " << m.definition_bytes << ", " << m.space_hash << "ull};\n}\n";
}

std::string Writer::write() {
  out_ << "// The manifest of the model `" << model_.name << "`. Written by its generator: changes are lost.\n"
       << "#include <ingot_abi.h>\n#include <ingot_device.h>\n\nextern \"C\" {\n";
  each_program([this](const ingot_program& p, const std::string& prefix) { declare(p, prefix); });
  each_device_program([this](const ingot_device_program& p, const std::string& prefix) { declare_images(out_, p, prefix); });
  out_ << "}\n\nnamespace {\n";
  each_program([this](const ingot_program& p, const std::string& prefix) { program(p, prefix); });
  each_device_program([this](const ingot_device_program& p, const std::string& prefix) { write_device_program(out_, p, prefix); });
  out_ << "\n// ---- the model\n";
  model();
  return out_.str();
}

}  // namespace

std::string manifest_source(const ingot_model& model, std::string_view symbol) { return Writer(model, symbol).write(); }

}  // namespace ingot::codegen
