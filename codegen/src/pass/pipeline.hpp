// From a built graph (composites, losses, gradients, updates) to the finished one: the passes in their order.
#pragma once
#include "ir/verify.hpp"

#include <functional>
#include <span>

namespace ingot::codegen {

struct PassInfo {
  std::string_view name;
  bool (*run)(Graph&);  ///< returns whether it changed the graph
  Stage after;          ///< what the graph fulfils afterwards
};

/// Called after each pass that changed the graph.
using PassLog = std::function<void(std::string_view pass, const Graph& g)>;

/// Before differentiation: forms that losses are given in, which a user cannot choose.
[[nodiscard]] std::span<const PassInfo> early_passes();
/// After the gradient and the update: to primitives, then clean.
[[nodiscard]] std::span<const PassInfo> late_passes();
/// Any pass by name; null when there is none.
[[nodiscard]] const PassInfo* find_pass(std::string_view name);

/// Runs and verifies them one after the other. Throws InternalError naming the pass that broke the graph.
void run_passes(Graph& g, std::span<const PassInfo> passes, const PassLog& log = {});

}  // namespace ingot::codegen
