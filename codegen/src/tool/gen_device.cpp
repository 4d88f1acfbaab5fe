#include "tool/gen_device.hpp"

#include "host/manifest_source.hpp"
#include "host/output_file.hpp"
#include "host/ptxas.hpp"
#include "llvm/device_compile.hpp"
#include "tool/gen_model.hpp"

namespace ingot::codegen {

namespace {

DevicePlan plan_ahead(const definition_view& d, const std::vector<double>& values) {
  const std::vector<Entry> entries{Entry::train, Entry::evaluate, Entry::predict, Entry::gradient};
  return plan_device_program(d, values.data(), recipe_batch(d, values), entries, portable_device_target());
}

}  // namespace

PointTables device_point(const definition_view& d, const std::vector<double>& values, const std::string& target, std::string_view symbol,
                         const std::filesystem::path& out) {
  const DevicePlan plan = plan_ahead(d, values);
  DeviceCode code{ptx_text(plan), {}};
  std::vector<ingot_device_image> images{{INGOT_IMAGE_PTX, static_cast<std::uint32_t>(plan.device.sm), nullptr, code.ptx.size() + 1}};
  if (const auto ptxas = find_ptxas())
    for (const DeviceTarget& device : device_targets()) {
      code.cubins.push_back({device.sm, assemble(*ptxas, code.ptx, device.sm).cubin});
      images.push_back({INGOT_IMAGE_CUBIN, static_cast<std::uint32_t>(device.sm), nullptr, code.cubins.back().bytes.size()});
    }
  if (names_emulated_device(target)) images.push_back({INGOT_IMAGE_EMULATED, 0, nullptr, sizeof(ingot_emulated_image)});
  const std::string prefix = program_prefix(symbol, "cuda", INGOT_F32);
  write_output(out / (prefix + ".o"), device_object(plan, prefix, code, names_emulated_device(target)));
  auto tables = std::make_shared<DeviceTables>(plan);
  tables->set_images(std::move(images));  // their data are symbols of the object
  return {"cuda", nullptr, nullptr, std::move(tables)};
}

std::string show_device(const definition_view& d, std::string_view what) {
  const DevicePlan plan = plan_ahead(d, initial_point(d));
  if (what == "ptx") return ptx_text(plan);
  std::string text;
  for (const DeviceEntryPlan& e : plan.entries) text += e.graph.name + ": " + e.text;
  return text;
}

}  // namespace ingot::codegen
