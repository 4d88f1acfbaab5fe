#include "host/device_source.hpp"

#include "host/program_source.hpp"

namespace ingot::codegen {

namespace {

std::string operand_row(const ingot_device_operand& o) {
  return "{" + std::to_string(o.space) + ", " + std::to_string(o.number) + ", " + std::to_string(o.offset) + "}";
}

std::string mirror_row(const ingot_device_mirror& m) {
  return "{" + std::to_string(m.state) + ", " + std::string(dtype_constant(m.dtype)) + ", " + std::to_string(m.offset) + "}";
}

std::string gemm_row(const ingot_device_gemm& g) {
  std::string row = "{";
  for (const std::uint32_t v : {g.transpose_a, g.transpose_b, g.m, g.n, g.k, g.lda, g.ldb, g.ldd, g.a_dtype, g.b_dtype, g.d_dtype,
                                g.bias_dtype, g.epilogue, g.mask_stride, g.mask_launch, g.reserved})
    row += std::to_string(v) + ", ";
  for (const ingot_device_operand& o : {g.a, g.b, g.d, g.scale, g.bias, g.mask}) row += operand_row(o) + ", ";
  return row + operand_row(g.sums) + "}";
}

std::string launch_row(std::ostringstream& out, const ingot_device_launch& l, const std::string& name) {
  const std::string operands = write_table(out, "ingot_device_operand", name + "_operands", l.operands, l.n_operands, operand_row);
  const std::string constants =
      write_table(out, "uint32_t", name + "_constants", l.constants, l.n_constants, [](std::uint32_t n) { return std::to_string(n); });
  const std::string gemms = write_table(out, "ingot_device_gemm", name + "_gemms", l.gemms, l.n_gemms, gemm_row);
  std::string rest = "nullptr";
  if (l.rest != nullptr) {
    const std::string row_of_rest = launch_row(out, *l.rest, name + "_rest");
    rest = name + "_rest";
    write_table(out, "ingot_device_launch", rest, l.rest, 1, [&](const ingot_device_launch&) -> const std::string& { return row_of_rest; });
  }
  std::ostringstream row;
  row << '{' << quoted(l.name) << ", " << quoted(l.ops) << ", " << quoted(l.kind) << ", " << quoted(l.kernel) << ", " << quoted(l.why)
      << ", {" << l.grid[0] << ", " << l.grid[1] << ", " << l.grid[2] << "}, {" << l.block[0] << ", " << l.block[1] << ", " << l.block[2]
      << "}, " << l.shared_bytes << ", " << l.n_operands << ", " << l.n_constants << ", " << l.n_gemms << ", " << operands << ", "
      << constants << ", " << l.bytes_read << ", " << l.bytes_written << ", " << l.unfused_bytes << ", " << literal(l.flops) << ", "
      << gemms << ", " << rest << '}';
  return row.str();
}

std::string entry_row(std::ostringstream& out, const ingot_device_entry& e, const std::string& prefix) {
  const std::string name = prefix + "_" + std::string(entry_text(e.kind));
  const std::string metrics = write_strings(out, name + "_metrics", e.metrics, e.n_metrics);
  const std::string results = write_table(out, "ingot_tensor", name + "_results", e.results, e.n_results, tensor_row);
  std::string rows;
  for (std::uint32_t i = 0; i < e.n_launches; ++i) rows += "  " + launch_row(out, e.launches[i], name + "_" + std::to_string(i)) + ",\n";
  out << "const ingot_device_launch " << name << "_launches[] = {\n" << rows << "};\n";
  std::ostringstream row;
  row << '{' << entry_constant(e.kind) << ", " << e.n_metrics << ", " << e.n_results << ", " << e.n_launches << ", " << metrics << ", "
      << results << ", " << name << "_launches, " << e.arena_bytes << '}';
  return row.str();
}

}  // namespace

std::string image_symbol(const std::string& prefix, const ingot_device_image& image) {
  if (image.kind == INGOT_IMAGE_PTX) return prefix + "_ptx";
  return image.kind == INGOT_IMAGE_EMULATED ? prefix + "_emulated" : prefix + "_sm_" + std::to_string(image.sm);
}

void declare_images(std::ostringstream& out, const ingot_device_program& p, const std::string& prefix) {
  for (std::uint32_t i = 0; i < p.n_images; ++i) {
    const bool emulated = p.images[i].kind == INGOT_IMAGE_EMULATED;
    out << "extern const " << (emulated ? "ingot_emulated_image " : "unsigned char ") << image_symbol(prefix, p.images[i])
        << (emulated ? ";\n" : "[];\n");
  }
}

void write_device_program(std::ostringstream& out, const ingot_device_program& p, const std::string& prefix) {
  out << "\n// ---- device program " << prefix << ": " << p.target << ", " << p.batch << " rows\n";
  const std::string states = write_table(out, "ingot_state", prefix + "_states", p.states, p.n_states, state_row);
  const std::string scalars = write_table(out, "ingot_scalar", prefix + "_scalars", p.scalars, p.n_scalars, scalar_row);
  const std::string offsets = write_table(out, "uint64_t", prefix + "_offsets", p.state_offsets, p.n_states,
                                          [](std::uint64_t offset) { return std::to_string(offset) + "ull"; });
  const std::string mirrors = write_table(out, "ingot_device_mirror", prefix + "_mirrors", p.mirrors, p.n_mirrors, mirror_row);
  std::string rows;
  for (std::uint32_t i = 0; i < p.n_entries; ++i) rows += "  " + entry_row(out, p.entries[i], prefix) + ",\n";
  out << "const ingot_device_entry " << prefix << "_entries[] = {\n" << rows << "};\n";
  const std::string images =
      write_table(out, "ingot_device_image", prefix + "_images", p.images, p.n_images, [&](const ingot_device_image& image) {
        const bool emulated = image.kind == INGOT_IMAGE_EMULATED;
        return "{" + std::to_string(image.kind) + ", " + std::to_string(image.sm) + ", " + (emulated ? "&" : "") +
               image_symbol(prefix, image) + ", " + std::to_string(image.bytes) + "}";
      });
  out << "const ingot_device_program " << prefix << " = {\n  " << dtype_constant(p.dtype) << ", " << p.batch << ", " << p.n_inputs << ", "
      << p.n_targets << ", " << p.n_outputs << ", " << p.n_states << ", " << p.n_scalars << ", " << p.n_entries << ", " << p.n_images
      << ", " << p.n_mirrors << ",\n  " << states << ", " << scalars << ", " << prefix << "_entries, " << images << ", " << offsets << ", "
      << mirrors << ",\n  " << p.state_bytes << ", " << p.call_bytes << ", " << p.scalars_offset << ",\n  " << quoted(p.target) << ", "
      << quoted(p.plan_hash) << ",\n  " << quoted(p.plan) << "};\n";
}

}  // namespace ingot::codegen
