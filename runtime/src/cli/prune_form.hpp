// What --form and --layers of `prune` mean.
#pragma once
#include <ingot/runtime/prune/mask.hpp>
#include <ingot_abi.h>

#include <string>
#include <vector>

namespace ingot::runtime::cli {

/// "unstructured", "block:16x16", "2:4" or "filters". Throws UsageError.
[[nodiscard]] PrunePattern parse_prune_form(const std::string& form);

/// The layers that are not pruned: all but `named`; where none is named, those that are outputs. Throws UsageError for unknown names.
[[nodiscard]] std::vector<std::string> spared_layers(const ingot_model& model, const std::vector<std::string>& named);

}  // namespace ingot::runtime::cli
