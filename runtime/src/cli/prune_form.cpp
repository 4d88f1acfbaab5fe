#include "cli/prune_form.hpp"

#include "cli/options.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace ingot::runtime::cli {
namespace {

constexpr std::uint32_t largest_extent = 1024;

[[noreturn]] void refuse(const std::string& form) {
  throw UsageError(fmt::format("--form {}: want unstructured, block:ROWSxCOLUMNS such as block:16x16, 2:4 or filters", form));
}

std::uint32_t extent(const std::string& form, std::string_view text) {
  std::uint32_t n = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), n);
  if (error != std::errc() || end != text.data() + text.size() || n < 1 || n > largest_extent) refuse(form);
  return n;
}

}  // namespace

PrunePattern parse_prune_form(const std::string& form) {
  constexpr std::string_view block = "block:";
  if (form == "unstructured") return {PruneForm::unstructured};
  if (form == "2:4") return {PruneForm::n_of_m, 2, 4};
  if (form == "filters") return {PruneForm::filters};
  const std::size_t cross = form.find('x');
  if (!form.starts_with(block) || cross == std::string::npos) refuse(form);
  const std::string_view text = form;
  return {PruneForm::block, extent(form, text.substr(block.size(), cross - block.size())), extent(form, text.substr(cross + 1))};
}

std::vector<std::string> spared_layers(const ingot_model& model, const std::vector<std::string>& named) {
  std::vector<std::string> spared;
  if (named.empty()) {
    for (std::uint32_t k = 0; k < model.n_outputs; ++k) spared.emplace_back(model.outputs[k].name);
    return spared;
  }
  const auto is_named = [&](const std::string& layer) { return std::ranges::find(named, layer) != named.end(); };
  for (std::uint32_t i = 0; i < model.n_layers; ++i)
    if (!is_named(model.layers[i].name)) spared.emplace_back(model.layers[i].name);
  for (const std::string& name : named)
    if (std::none_of(model.layers, model.layers + model.n_layers, [&](const ingot_layer& layer) { return name == layer.name; }))
      throw UsageError(fmt::format("--layer {}: {} has no such layer; describe lists them", name, model.name));
  return spared;
}

}  // namespace ingot::runtime::cli
